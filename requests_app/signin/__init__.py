"""Who are you: our own thin layer around django-allauth. Two factors for everyone, and one door for all."""
