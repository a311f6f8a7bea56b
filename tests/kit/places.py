"""Another city than Leipzig, as a folder of it looks."""
# ruff: noqa: E501 - tables

HALLE = {
    "places.tsv": "# made up\nHalle\t*\nNeustadt\tWest\tNeustadt\nNietleben\tWest\tNietleben\nTrotha\tNord\tTrotha\ttroetha\nMerseburg\t-\tMerseburg\n",
    "topics.tsv": "animals\tuk\tкін[ья]\nanimals\tde\tpferd\n",
    "points.tsv": "Neustadt\t51.480 11.920\nTrotha\t51.520 11.960 \nMerseburg\t51.357 11.993\n",
    "labels.tsv": "animals\tзвірі\tзверьё\tViecher\tcritters\n",
}
"""Names and contents of its files."""
