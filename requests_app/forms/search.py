"""The form above the list of requests."""

from requests_app.forms._base import FilterForm, TextField


class RequestSearchForm(FilterForm):
    """Finds by the number of the request or of the CAD event; restricted fields are never searched."""

    submit_label = "Search"

    q = TextField(label="Number or CAD event number", max_length=32, required=False)
