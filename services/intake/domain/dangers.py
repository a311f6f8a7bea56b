"""Phrases of danger in four languages, lower case, е for ё, `'` for every apostrophe. `emergency` reads them."""
# ruff: noqa: E501 - phrases are read more easily when they are not broken

NOT_A_PLACE = r"(?!\s+(?:в|у|на|з|зі|із|с|со|там|тут|здесь|разом|вместе|одна|один|одной|біля|возле|окремо|отдельно|так|за)\b)(?!\s+без (?!нього|неї|них|тебе|него|нее|них|сина|сына|доч|доньк|мами|мамы|дітей|детей))"
_HARMER = r"(?:чолов[іi]к\w*|муж\w{0,2}|хлопець|парень|вітчим\w*|отчим\w*|батько|отец|папа|тато|співмешканець|сожитель|партнер|бывший|колишній|сусід|сосед|свекор|син|сын|він|он)"
_HIT = r"(?<!не )(?:б'є|бьет|побив|побил|избил|избива\w+|душив|душит|душил|душить|вдарив|ударил|б'ють|бьют|катує|гвалтує|насилует|бив|бил|піднімає руку|поднимает руку|підняв руку|поднял руку)"
_KIN = (
    r"(?:син|сын|дитина|ребенок|донька|дочка|дочь|дівчинка|девочка|хлопчик|мальчик|онук|внук|внучка|онука|племінниця|племянница)"
)
_KIN_ACCUSATIVE = r"(?:сина|сына|дитину|ребенка|доньку|дочку|дочь|дівчинку|девочку|хлопчика|мальчика|онука|внука|внучку|онуку|племінника|племянника|племінницю|племянницу)"
_SMALL = r"(?:дитин[аиу]|дитя|реб[её]нок|ребенка|малюк|малыш|дівчинка|девочка|хлопчик|мальчик|малий|мала|kind|mädchen|junge|girl|boy|child|toddler|kid)"
_HARMER_DE = r"(?:mann|ehemann|freund|ex|exmann|ex-mann|vater|stiefvater|partner|sohn|nachbar|er)"
_HARMER_EN = r"(?:husband|boyfriend|partner|ex|father|stepfather|dad|stepdad|neighbour|neighbor|he)"
_BOSS = r"(?:начальник\w*|роботодав\w+|работодат\w+|хазя[їй]\w*|господар\w*|хозя\w+|бригадир\w*|шеф\w*|чоловік|муж|він|он|boss|employer|landlord|husband|he|chef|arbeitgeber|vermieter|mann|er)"
_PAPERS = r"(?:паспорт\w*|документ\w*|pässe?|pass|papiere|ausweise?|passports?|documents)"
_TAKES = r"(?:забра[вл]\w*|забира\w+|відібра\w+|отобра\w+|отнял\w*|тримає|держит|weggenommen|abgenommen|einbehalten|hat|behält|took|takes|taken|keeps|kept|holds)"
_SWALLOWED = r"(?:випи\w*|выпи\w*|з'ї(?:в|ла|ли)|съел\w*|наїли\w*|наелись|наелся|наелась|проковт\w+|ковтну\w+|проглот\w+|лизну\w+|вкуси\w+|getrunken|geschluckt|verschluckt|gegessen|trinkt|drank|drunk|swallowed|ate|eaten)"
_POISON = (
    r"(?:засіб|засобу|засоб\w+|рідин\w+|жидкост\w+|хлор\w*|отбеливател\w*|відбілювач\w*|миюч\w+|моющ\w+|побутов\w+ хімі\w+|отрут\w*|отрав\w*|яд\b|оцет|оцту|уксус\w*|ацетон\w*|бензин\w*|антифриз\w*|"
    r"батарей\w*|магніт\w*|магнит\w*|монет\w*|цвях\w*|гвозд\w+|голк\w+|иголк\w+|капсул\w+|rohrreiniger|\w*reiniger|putzmittel|spülmittel|gift|batterie\w*|magnet\w*|münze|nadel|bleach|\w*cleaner|detergent|poison|antifreeze|battery|magnets?|coin|needle)"
)
_WILD = r"(?:гриб\w*|ягод\w*|ягід\w*|pilze?|beeren|mushrooms|berries)"
_SICK = r"(?:рве|рвет|блю\w+|тошнит|нудить|труси\w*|трясет\w*|отру[їє]\w+|отрави\w+|погано|плохо|erbr\w+|übergib\w+|übel|vergift\w+|vomit\w*|throwing up|sick|poisoned)"

LIFE = (
    r"не диха[єю]|не дыш[иу]т|перест\w+ дышать|перест\w+ дихати|atmet nicht|atmet (?:kaum|komisch|schwer)|(?:isn't|not|stopped|barely) breathing|дыш\w+ (?:хрипло|еле|тяжело)|дих\w+ (?:ледь|важко|хрипло)|ледь дихає|еле дышит|gasping for (?:air|breath)",
    r"посині\w+|посинел\w*|синіє\b|синеет\b|wird (?:ganz )?blau|läuft blau an|turn(?:s|ing|ed) blue|губи сині|губы синие|lippen (?:sind )?blau|lips are blue",
    r"не мо[жг]\w+ (?:дышать|дихати)(?! (?:\w+ )?(?:пилом|пылью|димом|дымом|цим|цією|этим|этой|носом))|(?:дихати|дышать) не мо[жг]\w+|нечем дышать|нічим дихати|(?<!кіт )(?<!кот )задиха(?:юсь|ється|юся)|задыха(?:юсь|ется)|keine luft mehr|bekommt keine luft|kriegt? keine luft|erstickt\b|can(?:'t|not) breathe|\bchoking",
    r"(?:вдави|подави|поперхну|захлину|захлебну)\w+ (?:\w+ )?(?:\w+, )?(?:і|и|та|хрип\w*|задих\w*|задых\w*|не дих\w*|не дыш\w*)|verschluckt und (?:hustet|bekommt|kriegt)",
    r"без свідомості|без сознания|непритомн[ийаою]+\b|знепритомні\w+|потеря\w+ сознание|втрати\w+ свідомість|bewusstlos|ohnmächtig|unconscious|passed out|(?:не приход\w+|не приведу) (?:до тями|в себя|в сознание)|не реагу\w+(?: ні| на|$|[.,!])|не реагиру\w+(?: ни| на|$|[.,!])|"
    r"reagiert nicht(?: mehr)?(?=$|[.!]| auf ansprache|, was)|liegt[^.!?]{0,25}reagiert nicht|(?:isn't|not|un)\s?respon(?:ding|sive)|\bcollapsed\b|zusammengebrochen und|лежит\w* (?:на \w+)?,? (?:и )?не (?:отвечает|двигается|встает)|лежить\w* (?:на \w+)?,? (?:і |й )?не (?:відповідає|рухається|встає)|не отвечает, лежит|не відповідає, лежить",
    r"(?:лежить|лежит|liegt|lying|lies)[^.!?]{0,40}(?:без рух|без движ|не руха\w+|не двига\w+|bewegt sich nicht|not moving|motionless|сніг|снег|кров|кров|blut|blood|мороз)",
    r"(?:зараз|сейчас|щойно|только что|здається|кажется|похоже(?: на)?|схоже(?: на)?|мабуть|наверно\w*|gerade|jetzt|glaube|wohl|vermutlich|think|right now|looks like|might be)[^.!?]{0,40}(?:інфаркт|инфаркт|інсульт|инсульт|серцев\w+ напад|сердечн\w+ приступ|herzinfarkt|schlaganfall|heart attack|\bstroke)",
    r"(?:having|hat(?:te)? gerade|hat) (?:a |an |einen )(?:heart attack|stroke|herzinfarkt|schlaganfall)(?! (?:last|im|in|vor))|(?:у|в) \w+ (?:сердечный приступ|серцевий напад|инфаркт|інфаркт|инсульт|інсульт)(?=[.,!]|$| (?:что|що|скор|швидк|помог|допом))",
    r"перекос\w+ (?:обличчя|лицо|рот|пол)|(?:обличчя|лицо|рот) перекос\w*|gesicht hängt|mundwinkel hängt|face is drooping|(?:болить|болит|тисне|давит|пече|жжет|печет)[^.!?]{0,12}(?:у|в|за) груд\w+|біль (?:у|в) груд\w+|боль в груд\w+|brustschmerz\w*|chest pain|(?:німіє|немеет|отнялась|віднялась|taub|numb)[^.!?]{0,12}(?:рука|ліва|левая|arm)|(?:рука|arm)[^.!?]{0,8}(?:німіє|немеет|не двигается|taub|numb)",
    r"(?:зараз|сейчас|у \w+|у \w+ \w+|уже|вже) (?:почались |начались )?судо(?:ми|роги)\b|судо(?:ми|роги) (?:у|в|не|(?:вже|уже) (?:\w+ )?(?:хвилин|минут|годин))\b(?! (?:дитинств|детств))|krampfanfall|\bkrampft (?:gerade|jetzt|seit|und hört)|(?:a|having|another) seizure|convulsing|(?:напад|приступ) епілепсії|приступ эпилепсии|піна з рота|пена изо рта|изо рта пена|з рота піна|schaum vor dem mund|foaming at the mouth",
    r"істіка\w+ кров|истека\w+ кровью|стікає кров\w+|кров\w*[^.!?]{0,14} не (?:зупин|останав|уня)\w+|кровотеч\w+ не (?:зупин|останав)\w+|сильн\w+ кровотеч\w+|сильное кровотечение|(?:в мене|у мене|у меня|у не[їе]|у дружини|у жены) (?:сильна )?кровотеч\w*|blutet (?:sehr |so )?stark|verblutet|blut\w* (?:\w+ )?hört nicht auf|erbricht blut|bleeding (?:heavily|badly|out|a lot)|blood (?:won't|will not|doesn't) stop|vomiting blood|coughing (?:up )?blood|"
    r"(?:вагітн|беремен|місяц|месяц|schwanger|pregnant)[^.!?]{0,25}(?:кровотеч|кровить|кров йде|кровь идет|blute|bleed)",
    r"(?:квартира|будинок|дім|хата|дом|подъезд|під'їзд|кухня|балкон)\s+(?:горить|горит)\b|(?:горить|горит) (?:квартира|будинок|дом|подъезд|під'їзд|кухня|балкон)|(?:^|[.!?] ?|ми |мы )гори(?:мо|м)\b|пожеж[аі][^.!?]{0,20}(?:дим|вогонь|у нас|не можемо|вдома)|пожар[^.!?]{0,20}(?:дым|огонь|у нас|не можем|дома)|(?:у нас|в нашому|в нашем)[^.!?]{0,25}(?:пожежа|пожар)\b(?! (?:була|был|торік))|"
    r"(?:дим|дым) (?:вже |уже )?(?:в|у|йде|идет|валить|валит) |(?:haus|wohnung|küche|keller|treppenhaus|nachbarhaus) brennt|es brennt (?:bei|in|im)|feuer (?:in|im|bei)|rauch (?:in|im) (?:der |dem )?(?:wohnung|treppenhaus|flur)|(?:house|flat|apartment|kitchen|building) is on fire|(?:a )?fire in (?:our|the|my) (?:building|flat|house|kitchen|hall)|smoke in (?:our|the|my) (?:flat|stairwell|hall)",
    r"(?:пахне|тхне|пахнет|воняет|смердить|несе|запах|чути)(?: \w+){0,2} газ(?:ом|у|а)?\b|(?:газом|газа)(?: \w+){0,2} (?:пахне|тхне|пахнет|воняет)|тухл\w+ яйц\w+|витік газу|утечка газа|чадн\w+ газ\w*|угарн\w+ газ\w*|riecht (?:\w+ ){0,2}nach gas\b|gasgeruch|gas ?leck|kohlenmonoxid|smell(?:s)? (?:of|like) gas|gas leak|carbon monoxide",
    r"(?:викличте|викликайте|вызовите|вызывайте|викличіть)[^.!?]{0,15}(?:швидку|скорую|поліцію|полицию)|(?:rufen|ruft|holen|holt|ruf)\b[^.!?]{0,25}(?:krankenwagen|notarzt|rettungswagen|polizei)|call (?:an ambulance|the police|911|112|110)|не зна\w+ номер\w* (?:скорой|швидкої)",
    r"(?:зараз|сейчас|прямо|на очах|на глазах|на руках)[^.!?]{0,20}(?:помирає|вмирає|умирает)\b|stirbt (?:gerade|uns)|is dying right now",
    _SWALLOWED + r"[^.!?]{0,45}" + _POISON + r"\b|" + _POISON + r"[^.!?]{0,12}" + _SWALLOWED,
    _SWALLOWED
    + r"[^.!?]{0,30}"
    + _WILD
    + r"[^!?]{0,30}"
    + _SICK
    + r"|"
    + _WILD
    + r"[^.!?]{0,20}"
    + _SWALLOWED
    + r"[^!?]{0,30}"
    + _SICK
    + r"|"
    + _SMALL
    + r"[^.!?]{0,25}"
    + _SWALLOWED
    + r"[^.!?]{0,25}"
    + _WILD,
    r"(?:наковта|наглота|ковтну|проглоти|випи|выпи)\w*[^.!?]{0,30}таблет\w*|(?:überdosis|tabletten) (?:verschluckt|geschluckt|genommen)|swallowed pills|overdos(?:e|ed)|doppelte dosis|double dose|подвійн\w+ доз\w+|двойн\w+ доз\w+",
    r"обвари\w+с[яь]|ошпари\w+с[яь]|облил\w* кип|кипятком|окропом (?:обли|обпік)|опік\w* (?:\w+ )?(?:обличчя|руки|великий)|sich verbrüht|verbrüht\b|scalded|шкіра злазить|кожа слезает",
    r"(?:обличчя|лицо|язик|язык|горло|gesicht|zunge|hals|face|tongue|throat)(?: \w+)? (?:опухл\w+|опух\b|набряк\w*|розпухл\w+|распухл\w+|отекл\w+|отек\b|schwillt|geschwollen|swelling|swollen|is swelling)[^!?]{0,60}(?:дих|дыш|хрип|atm|atem|luft|breath|аллерг|алерг)|анафілактичн\w+ шок|анафилактическ\w+ шок|anaphylactic shock|anaphylaktische\w* schock",
    r"поча(?:лися|лись) пологи|начались роды|(?:я|дружина|жена) (?:вже |уже )?(?:рожаю|рожает|народжую|народжує)(?=[ .,!]|$)(?! (?:в|у|через|на) )|води відійшли|відійшли води|воды отошли|отошли воды|fruchtblase (?:ist )?geplatzt|(?:my|her) waters? (?:just )?broke|\bin labou?r\b|hat (?:starke )?wehen",
    r"(?:хтось|людина|дитина|чоловік|син|донька|кто-то|человек|ребенок|мужчина|сын|дочь|помогите|допоможіть)[^.!?]{0,12} (?:тоне|тонет)\b|ertrinkt|drowning|вода прибува\w+|вода прибывает|заливає підвал, там|(?:не може|не можем|не можемо|не может|не могут) (?:вийти|выйти|вибратись|выбраться)[^.!?]{0,20}(?:вода|підвал|подвал|дим|дым|вогонь)?(?=[.,!]|$)|can't get out\b|kommen nicht raus|kommt nicht raus",
    r"(?:випав|впав|випала|впала|упал|упала|выпал|выпала)[^.!?]{0,12}(?:з вікна|з балкон\w*|із вікна|из окна|с балкона|с крыши|з даху)|(?:aus dem fenster|vom balkon|vom dach) (?:gefallen|gestürzt)|fell (?:out of the window|off the balcony|from the balcony)|(?:щойно|только что|сейчас|зараз)[^.!?]{0,15}(?:збила|сбила|збило|сбило)|just (?:been )?hit by a (?:car|tram|bus)|gerade (?:angefahren|überfahren)",
)

VIOLENCE = (
    _HARMER
    + r"(?:\s+\S+){0,3}?\s+"
    + _HIT
    + r"(?! (?:рекорд|током|струмом|в ціль|тривогу|тревогу|все тарел|посуд|тарел|баклуш|чолом|в барабан|на гітар| мене цей| меня этот))(?! (?:мене|меня) (?:цей|этот))(?! мене (?:в|у) (?:шах|шаш|карт))\b",
    _HIT + r"(?:\s+\S+){0,1}?\s+" + _HARMER + r"\b(?! (?:рекорд|тарел))",
    r"(?:мене|меня|нас|її|ее|дітей|детей|дитину|ребенка|маму|молодшого|младшего|сестру|брата) (?:б'є|бьет|б'ють|бьют|побили|избили|избивают|побив|избил|душить(?! цей)|душит(?! этот)|душил|душив|вдарив|ударил)|(?:^|[.!?] ?)(?:бьет|б'є)(?=[.!?]|$| мене| меня| діт| дет)",
    r"\bґ?зґвалт\w+|згвалт\w+|изнасил\w+|vergewaltig\w+|\brap(?:ed|ing)\b|sexually assaulted|sexuell (?:belästigt|genötigt|missbraucht)|напа(?:в|ли|л) на (?:мене|меня|нас)|на (?:мене|меня|нас) напал\w*|на (?:мене|нас) напав|(?:i was|i've been|we were|been) attacked|(?:ich wurde|bin) [^.!?]{0,40}angegriffen|підсипа\w+ (?:щось|мені)|подсыпал\w*|k\.?-?o\.?-tropfen|(?:put|slipped) (?:something )?in my drink",
    r"(?:погрожу|погрожал|погрожає|угрож|грозит|пригрози)\w*[^.!?]{0,25}(?:вбит|убит|убь|вб'|ножем|ножом|зарізат|зарезат|задуш|зброєю|оружием)\w*",
    r"(?:кидається|бросается|напа\w+|ходить|ходит|бігає|бегает|стоїть|стоит|прийшов|пришел|ломиться|ломится)[^.!?]{0,30}(?:з ножем|с ножом)|тримав ніж|держал нож|(?:steht|kommt|kam|rennt)[^.!?]{0,25}messer|(?:stands|standing|came|comes)[^.!?]{0,25}with a knife",
    r"боюсь? за (?:своє |свое |свою |наше |нашу )?(?:життя|жизнь)|ломи(?:ться|тся) (?:\w+ )?(?:у|в|до) (?:нас |нам |мене |мне |меня )?(?:двер\w+)|(?:ломиться|ломится)(?=[.,!]|$)|trying to break (?:in|down (?:my|our|the) door)|tritt (?:gegen )?(?:die|unsere|meine) tür",
    r"(?:замкнув|запер|закрив|зачинив|запирает|замикає) (?:мене|меня|нас|її|ее)\b(?! (?:хозяин|хазяїн)? ?(?:в|у) (?:переписц|переписк|листуван))(?! хозяин в переписке)|не (?:випускає|выпускает|випускають|выпускают|пускає|пускает|відпускає|отпускает)(?: \w+)? ?(?:з|из|із) (?:дому|дома|хати|квартири|квартиры)|тримає (?:мене|нас|її) (?:взаперті|під замком|силою)|держит (?:меня|нас|ее) (?:взаперти|под замком|силой)|взаперт[иі]\b|hält (?:mich|uns|sie) (?:fest|gefangen)|hold(?:s|ing) (?:me|us|her) (?:captive|prisoner)|(?:bin|sind|wurde) eingesperrt|нікуди не випуска\w+|никуда не выпуска\w+",
    _BOSS
    + r"\b[^.!?]{0,25}"
    + _TAKES
    + r"[^.!?]{0,25}"
    + _PAPERS
    + r"\b[^!?]{0,60}(?:не (?:випуска|выпуска|пуска|відпуска|отпуска)|взаперт|спим|спимо|борг|долг|lässt|lassen|gehen|let|owe|schulde|телефон)|"
    + _TAKES
    + r" (?:\w+ )?"
    + _PAPERS
    + r"[^.!?]{0,40}(?:не (?:випуска|выпуска|пуска|відпуска|отпуска)|lässt|won't let)|"
    + _PAPERS
    + r"[^.!?]{0,25}(?:отобра|відібра|забра)\w*[^.!?]{0,40}не (?:випуска|выпуска|пуска|відпуска|отпуска)\w*|(?:боss|boss|employer|landlord) (?:keeps|took|holds|has taken) (?:my|our|their) passports?|(?:chef|arbeitgeber|vermieter) hat (?:meinen|unsere|ihre)n? (?:pass|pässe|papiere)",
    r"(?:заставля\w+|змушу\w+|принужда\w+|zwing\w+|gezwungen|forc(?:ed|ing)|makes her)[^.!?]{0,40}(?:проститу\w+|секс\w*|клієнт\w+|клиент\w+|prostitu\w+|sex|clients)|проститу\w+[^.!?]{0,40}(?:заставля|змушу|забрал|забрав)|has to see clients",
    r"за мно(?:ю|й) (?:\w+ )?(?:йде|йдуть|ідуть|іде|идет|идут|стежить|стежать|следят|следит|гонится|женеться|слідку\w+|двоє|двое)|(?:мене|меня) (?:хтось )?пересліду\w+ (?:від|до|чолов|як)|меня преследует|(?:is|are|someone|somebody|a man|he's) following (?:me|us)|(?:verfolgt|folgt) (?:mich|mir|uns)\b|werde (?:\w+ )?verfolgt",
    r"(?:страждаю|терплю|зазнаю|потерпаю|жертв\w+|страдаю|подвергаюсь)[^.!?]{0,20}домашн\w+ насил\w+|синє під оком|синяк под глазом|лице синє|лиця синє|würgemale",
    r"(?:сусід\w*|сосед\w*|за стін\w+|за стен\w+|nebenan|nachbar\w*|neighbou?rs?|next door)[^.!?]{0,50}(?:б'є|б'ють|бьет|бьют|schlägt|schlagen|schläge|beat\w*|кричить|кричит|schreit|scream\w*)[^!?]{0,45}(?:дитин|ребен|дет|діт|жінк|женщин|kind|frau|kid|child|woman|допомож|помог|рятуйте|спасите|hilfe|help|не треба|не надо|б'ють|бьют|schläg|beat)",
    r"(?:сказа\w+|каже|говорит|обіця\w+|обеща\w+|грозит\w*)[^.!?]{0,15}(?:вб'є|убьет|уб'є|заріже|зарежет|прибьет|приб'є|задушить|задушит)\b|(?:he|she|they|ex|husband)(?: \w+)? (?:says|said|promises|swears) (?:he|she|they)(?:'ll| will| would) kill\b|will (?:mich|uns|sie) (?:umbringen|töten)|(?:er|mann|ex|vater|freund|bruder) bringt (?:mich|uns) um\b",
    _HARMER_DE
    + r"\s+(?:\S+\s+){0,3}?(?:schlägt|verprügelt|würgt|misshandelt|prügelt)(?!\s+(?:\S+\s+){0,4}vor\b)(?!\s+(?:purzel|rad\b|alarm|wurzeln|sahne|mich (?:im|beim)|mich immer (?:im|beim)))\b",
    _HARMER_DE
    + r"\s+(?:hat|haben)\s+(?:mich|uns|sie|meine\w*|die kinder)\s+(?:\S+\s+){0,2}?(?:geschlagen|verprügelt|gewürgt|misshandelt)",
    r"schlägt (?:mich|uns|ihn|meine (?:mutter|kinder|tochter)|meinen sohn|die kinder)\b(?!\s+(?:\w+\s+)?(?:im|beim|in)\s)",
    r"(?:ich werde|ich wurde|wurde|bin|wir werden|wir wurden|sie wird|er wird|kinder werden) [^.!?]{0,30}(?:geschlagen|verprügelt|misshandelt)\b",
    r"droht[^.!?]{0,40}(?:umzubringen|zu töten|messer|um(?:bringt|zu bringen))|bedroht (?:mich|uns|sie)\b(?! der verlust)|mit (?:einem |dem )messer (?:bedroht|auf)",
    r"angst um (?:mein|unser|ihr) leben|sperrt (?:mich|uns|sie) ein\b|opfer (?:von )?häusliche\w* gewalt",
    _HARMER_EN
    + r"\s+(?:\S+\s+){0,2}?(?:beats|beat|hits|hit|beating|hitting|chokes|choked|strangled|abuses)\s+(?:me|us|her|him|my|the (?:kids|children))(?! at\b)",
    r"threat\w*[^.!?]{0,25}(?:to )?kill|afraid for my life|fear for my life|(?:locks|locked) (?:me|us) (?:in|up)\b|victim of domestic|won't let (?:me|us) (?:leave|out|go)|lässt (?:mich|uns) nicht (?:raus|gehen|weg|aus dem haus)",
)

CHILD = (
    r"(?<!для )"
    + _KIN
    + r"(?:\s+\S+){0,2}?\s+(?:зник(?:ла)?|пропав|пропал|пропала|исчез|исчезла|загубився|загубилася|загубилась|потерялся|потерялась|не повернув\w+|не повернул\w+|не вернул\w+)\b"
    r"(?!\s+(?:з|із|зі|из|со?) (?:спис|черг|очеред|баз|чат)\w*)(?! (?:апетит|аппетит|безвісти|без вести|на фронт|на війн|на войн|під|под))",
    _KIN
    + r"[^.!?]{0,25}не (?:прийшов|прийшла|пришел|пришла|дійшов|дійшла|дошел|дошла|з'явився|з'явилась)(?: \S+){0,1}? ?(?:додому|домой|зі школи|из школы|до школи|в школу|зі|телефон|$|[.,!])|пішов у школу і не дійшов|(?:сын|син|доч\w+|доньк\w+)[^.!?]{0,15}не (?:пришел|пришла|прийшов|прийшла) (?:домой|додому)",
    r"(?:зник|зникла|пропав|пропал|пропала|исчез|исчезла|загубився|загубилася|загубилась|потерялся|потерялась)\s+(?:\S+\s+){0,2}?"
    + _KIN
    + r"\b",
    r"не мо[жг]\w+ (?:знайти|найти) (?:(?:свого|свою|мого|мою|своего|моего|нашого|нашу)\s+)?"
    + _KIN_ACCUSATIVE
    + r"\b(?!\s+(?:школ|сад|міс|мест|зим|боти|взут|обув|курт|одяг|одежд|репет|лікар|врач|педіатр))(?! \w+ (?:боти|взут|обув|курт|одяг))",
    r"(?:загубила|загубив|загубили|потеряла|потерял|потеряли) (?:свого |свою |моего |своего |нашу |нашего )?"
    + _KIN_ACCUSATIVE
    + r"\b(?! (?:на|під|под|в) (?:війн|войн|фронт|авар|бо[юї]|маріуп|бахмут))(?=[ ,.!]|$)",
    _SMALL
    + r"\b[^.!?]{0,30}\b(?:сама|сам|одна|один|одні|allein\w*|alone|by (?:him|her)self)\b[^.!?]{0,35}(?:на вулиці|на улице|плач|кричить|кричит|закрит|зачинен|у дворі|во дворе|на зупин|на останов|haltestelle|straße|im hof|bei uns|weint|cry|street|outside|stop|cold|в машин|im auto|in (?:a|the) car|замк)",
    r"(?:викрав|викрали|похитил\w*|украл|увіз\b|увез\b|вивіз\b|вывез\b|entführt|abducted|kidnapped)[^.!?]{0,25}(?:дитин|ребен|син|сын|доньк|дочк|дочь|kind|tochter|sohn|child|son|daughter|kid)|(?:kind|sohn|tochter|kinder)\b[^.!?]{0,12}entführt|(?:забрав|забрал)[^.!?]{0,12}"
    + _KIN_ACCUSATIVE
    + r"[^.!?]{0,25}(?:зник|исчез|не поверта|не возвраща|не повернув|не вернул|за кордон|за границу)",
    r"(?:kind|sohn|tochter|enkel|enkelin|junge|mädchen|bruder|schwester) (?:ist|wird|sind) (?:\S+\s+){0,4}?(?:verschwunden|vermisst|weggelaufen|nicht nach hause gekommen|nicht (?:\S+\s+){0,3}gekommen|weg(?=[.,!]|$))",
    r"finde?n? (?:mein|unser)e?n? (?:kind|sohn|tochter)\s+(?:\S+\s+)?nicht(?: mehr)?\b",
    r"(?:son|daughter|child|kid|boy|girl) (?:is|has been|went|has gone|have gone) (?:\S+\s+)?(?:missing|lost|disappeared)\b(?! (?:his|her|out))",
    r"(?:son|daughter|child|kid) (?:has )?(?:disappeared|didn't come home|never came home|hasn't come home)",
    r"can(?:'t|not) find (?:my|our) (?:son|daughter|child|kid|little (?:girl|boy))\b(?! (?:a|an|any|some)\b)",
    r"lost (?:my|our) (?:son|daughter|child|kid) (?:at|in|on) the",
)

SELF_HARM = (
    r"не хочу (?:більше |больше |уже |вже )?(?:жити|жить)"
    + NOT_A_PLACE
    + r"|(?:жити|жить) (?:\w+ )?не хоч(?:у|еться|ется)"
    + NOT_A_PLACE
    + r"|не (?:хочеться|хочется) (?:жити|жить)\b"
    + NOT_A_PLACE
    + r"|не хочу (?:прокидат\w+|просыпат\w+)(?=[.,!]|$| більше| больше| взагалі| вообще)",
    r"не хочет (?:більше |больше )?жить" + NOT_A_PLACE + r"|не хоче (?:більше )?жити" + NOT_A_PLACE,
    r"(?:покінчит|поконч|закінчит)\w*\s+(?:з|із|с|со) (?:собою|собой|життям|жизнью|всім цим|всем этим|усім)|покінчу|наклад\w+ на себе? рук\w*|накласти на себе|наложить на себя руки|(?:сьогодні|сегодня)[^.!?]{0,10}(?:все закінчу|всё закончу|все закончу|кінець|конец всему)|(?:таблет\w+|упаковк\w+)[^.!?]{0,20}прощай\w*",
    r"(?:вбити|вб'ю|убить|убью) себе?я?\b|(?:суїцид|суицид|самогубств|самоубийств)\w*(?! (?:превен|профил|среди|серед))",
    r"хоч(?:у|е|ет|еться|ется) (?:померти|вмерти|умереть|здохнути|сдохнуть)\b(?!\s+(?:зі?|від|от|со?|в|у|на|вдома|дома)\b)|немає сенсу жити|нет смысла жить|жить незачем|нема для чого жити|(?:якби|лучше бы|краще б|если бы) мен[ея] не (?:було|было)",
    r"(?:ріже|режет|різала|резала|ріжу|режу|порізал\w*|порезал\w*|порізав|вскрыл\w*|перерізал\w*) (?:себе|себя|собі вени|себе вени|вени|вены)\b|(?:ріже|режет|режу|ріжу) (?:собі |себе )?руки\b|завда\w+ собі шкод\w+|вредит себе",
    r"застрел(?:ить|ит|юсь|иться|ится|ться)\b|застрелиться|повіс(?:иться|юсь|итись)|повеш(?:усь|ается)|повесится|повеситься|(?:лист|письмо|записк\w+|лист) прощальн\w+|прощальн\w+ (?:лист\w*|письм\w*|записк\w*)|попрощал\w+ (?:зі|со) (?:всіма|всеми)|прощається[^.!?]{0,20}не шукайте|прощается[^.!?]{0,25}не ищите|таблетки рахую|считаю таблетки",
    r"(?:наков|наглот|ковтну|випи|выпи|прийня|принял)\w*[^.!?]{0,20}(?:снодійн\w+|снотворн\w+|упаковк\w+ |пачк\w+ таблет|жмен\w+|горст\w+|всі таблетки|все таблетки)|took (?:all (?:of )?(?:the|my|her|his)|a whole pack of) (?:\w+ )?pills|(?:alle|zu viele) (?:\w+ )?tabletten (?:genommen|geschluckt)|schlaftabletten (?:genommen|geschluckt)",
    r"(?:стою|сиджу|сижу|стоїть|стоит|stehe|sitze|standing|sitting)[^.!?]{0,10}\b(?:на|auf|on)\b[^.!?]{0,8}(?:мост\w*|дах\w*|крыш\w*|карниз\w*|підвіконн\w*|подоконник\w*|brücke|dach|bridge|roof|ledge)\b[^!?]{0,30}(?:стриб|прыг|spring|jump|навіщо|зачем|не знаю|думаю|кінець|конец|reason)|(?:вийти у вікно|выйти в окно|вистрибн\w+ з вікна|выпрыгн\w+ из окна|стрибнути з (?:моста|мосту|вікна|даху)|прыгнуть с (?:моста|крыши)|aus dem fenster springen|jump out of the window|von der brücke springen)",
    r"suizid\w*(?!präv)|selbstmord\w*|sich(?: selbst)? (?:umbringen|umzubringen)|mich(?: selbst)? umbringen(?! (?:will|wird|möchte))|(?:denke|überlege|versuche|habe vor)[^.!?]{0,20}mich umzubringen|bringe mich um|mir das leben nehmen|(?:will|möchte|mag) nicht mehr (?:leben|aufwachen)(?! (?:in|bei|mit|hier|dort|so)\b)(?! (?:\w+ ){0,4}(?:wohnung|heim))|(?:will|möchte|wollte) (?:nur noch )?sterben(?! (?:vor|für)\b)|wäre lieber tot|ohne mich besser dran|lebensmüde|"
    r"\britzt (?:sich|mich)|ritze mich|verletzt sich selbst|pulsadern|abschiedsbrief|erhäng\w+|erschieß\w+ (?:sich|mich)|(?:mich|sich) (?:zu )?erschieß\w+",
    r"kill (?:myself|himself|herself)|killing myself|suicid\w+|end (?:my|it) (?:life|all)|take my own life|(?:don't|do not) want to (?:live|be alive|wake up)(?! (?:in|with|here|there|at|on|near|so|without|early|before)\b)|want(?:s)? to die\b(?! of)|wish i (?:was|were) dead|better off without me|self[- ]harm\w*|(?:cuts|cutting|hurts|hurting) (?:myself|himself|herself)|"
    r"(?:slit|cut) (?:my|his|her) wrists|hang (?:myself|himself|herself)|shoot (?:myself|himself|herself)|goodbye (?:letter|note)|said goodbye to everyone|suicide note",
)

NO_DANGER = (
    r"профілактик|профилактик|prävention|prevention|лекці|лекци|тренінг|тренинг|семінар|семинар|seminar|workshop|vortrag|lecture|\btalk on|курс\w* (?:з )?(?:першої|первой)|erste[- ]hilfe|first aid|what to do if|що робити якщо раптом|\bсуд(?:і|у|а|ом|е)?\b|gericht|aussage|\bcourt\b|"
    r"фільм|фильм|серіал|сериал|\bкіно|\bкино|детектив|роман[іае]?\b|вистав|спектакл|книг[аиуі]|movie|\bfilm\b|\bkrimi|novel|series|навчальн\w+|учебн\w+ трев|тренувальн\w+|feueralarm|probealarm|fehlalarm|fire alarm|false alarm|сигналізац|сигнализац|rehearse|practi[sc]e saying|щовесни|каждую весну|каждый год|щороку|"
    r"уві сні|во сне|наснил|приснил|снилося?\b|снилас[ья]|снився|im traum|geträumt|dream"
)
"""Lectures, films, drills and trials use the same words."""
LONG_AGO = (
    r"торік|минул\w+ (?:рок|літ|зим|весн|осен|осін)\w*|в прошлом году|прошл\w+ (?:лет|зим|весн|осен)\w*|(?:рок\w*|років|лет|года?|місяц\w*|месяц\w*) (?:тому|назад)|у дитинстві|в детстве|(?:last|past) (?:year|summer|winter|spring|autumn)|years? ago|months? ago|letzte[ns]? (?:jahr|sommer|winter|frühjahr|herbst)|vor (?:\w+ )?(?:jahren|monaten|einem jahr)|"
    r"(?:im|in|у|в) (?:januar|februar|märz|april|mai|juni|juli|august|september|oktober|november|dezember|january|february|march|may|june|july|october|december|січні|лютому|березні|квітні|травні|червні|липні|серпні|вересні|жовтні|листопаді|грудні|январе|феврале|марте|апреле|мае|июне|июле|августе|сентябре|октябре|ноябре|декабре)\b|after the (?:fire|stroke)|після (?:пожежі|інсульту|інфаркту)|после (?:пожара|инсульта|инфаркта)"
)
"""A danger that is over."""
ANIMAL = r"\b(?:к[іо]т\w{0,3}|кішк\w*|кошк\w*|кошен\w+|котен\w+|собак\w*|пес\w{0,2}|песик\w*|щен\w*|цуцен\w+|папуг\w*|хом'?як\w*|cats?|dogs?|kitten|puppy|hund\w{0,2}|katze\w?|kater|welpe|vet|tierarzt|ветеринар\w*)\b"
"""Where an animal is in danger, a vet is needed and not the ambulance."""
JOKE = (
    r"(?<!не )\b(?:жартую|шучу)\b|(?:just|only) kidding|(?<!kein )\bscherz\b|хибна тривога|ложная тревога|false alarm|fehlalarm"
)
"""Who says so about a child takes back what they said before."""
UNREAL = JOKE + r"|уві сні|во сне|наснил|приснил|снилося?\b|снилас[ья]|снився|im traum|geträumt|i (?:had a )?dream"
"""What was dreamt or said in jest."""
_FAMILY = (
    r"\d+|(?:дит|діт|дет|реб[еє]н|син|сын|доч|дон[ьею]|дівч|девоч|хлопч|мальчик|мал[иы]ш|малюк|малому|малій|онук|онуч|внук|внуч|близнюк|двійн|двойн|старш|менш|молодш|младш)\w*|"
    r"(?:рок|роч|год|місяц|месяц)\w*|рік|лет|двоє|двое|троє|трое|четверо|двом|у|в|мені|мене|меня|нас|нам|мій|мой|моя|моїй|моей|по|і|й|та|и|а|два|дві|две|три|чотири|четыре|п'ять|пять|"
    r"kind(?:er)?|sohn|söhne|tochter|töchter|junge|mädchen|zwillinge|jahre?|monate?|zwei|drei|vier|mein|meine|ist|sind|und|alt|"
    r"son|sons|daughters?|boys?|girls?|kids?|child(?:ren)?|twins|years?|months?|old|aged?|two|three|four|a|my|is|are|and"
)
SAYS_LITTLE = (
    rf"(?:(?:{_FAMILY})\b[\s,.:;()–-]*)+|"
    r"(?:(?:я|ми|мы|і|и|вже|уже|просто|взагалі|вообще|зараз|сейчас) ?)*не знаю,? (?:вже |уже )?(?:що|шо|что|як|как|куди|куда) ?(?:мені|мне|нам)? ?(?:робити|делать|бути|быть|далі|дальше|писати|писать|йти|идти)[.,! ]*|"
    r"(?:ich weiß|wir wissen) nicht,? (?:mehr )?(?:was|wohin|wie)(?: (?:ich|wir))?(?: (?:jetzt|noch))? (?:tun|machen|anfangen)? ?(?:soll|sollen)?[.,! ]*|(?:i|we) (?:don't|do not) know what to do(?: now)?[.! ]*"
)
"""The whole of a text that says how old children are, or only that somebody is at a loss: nothing of danger, whatever it sounds like."""
