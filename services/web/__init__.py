"""web: the public page, the private status page and the coordinators' desk."""
