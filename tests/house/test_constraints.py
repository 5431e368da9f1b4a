"""Every constraint is a sentence a person can read, and no column can hold what must not be kept."""

import re

import pytest
from django.apps import apps
from django.db import models

MODELS = list(apps.get_app_config("requests_app").get_models())
OURS = [model for model in MODELS if not model.__name__.startswith("Historical")]


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_check_constraints_have_a_name_of_the_table_and_a_sentence(model):
    for constraint in model._meta.constraints:
        assert constraint.name.startswith(model.__name__.lower()), constraint.name
        if isinstance(constraint, models.CheckConstraint):
            assert constraint.violation_error_message.endswith("."), constraint.name


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_every_choice_is_checked_by_the_database(model):
    checked = " ".join(constraint.name for constraint in model._meta.constraints)
    for field in model._meta.concrete_fields:
        chosen = field.base_field if hasattr(field, "base_field") else field
        if chosen.choices:
            assert f"{model.__name__.lower()}_{field.name}_" in checked, field


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_foreign_keys_protect_what_was_recorded(model):
    for field in model._meta.concrete_fields:
        if field.remote_field is not None:
            assert field.remote_field.on_delete is models.PROTECT, field


def test_no_column_may_hold_a_sought_persons_identity():
    forbidden = re.compile(
        r"nationalit|citizen|immigration_status|alien|a_number|anumber|sought_name|subject_name|person_name|birth|country"
    )
    allowed_names = {"requester_name", "display_name"}

    for model in MODELS:
        for field in model._meta.get_fields():
            assert not forbidden.search(field.name), f"{model.__name__}.{field.name}"
            if field.name.endswith("_name"):
                assert field.name in allowed_names, f"{model.__name__}.{field.name}"


@pytest.mark.parametrize("model", OURS, ids=lambda model: model.__name__)
def test_a_model_says_what_it_is(model):
    assert model.__doc__, model
    assert not model.__doc__.startswith(f"{model.__name__}("), "This is Django's own docstring."
