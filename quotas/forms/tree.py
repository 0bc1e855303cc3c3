"""What the tree of targets is asked for."""

from django import forms

from quotas.forms.asked import PlainDay, PlainYear, division_field, indicator_field


class TreeQuery(forms.Form):
    """Indicator, target year, division and day; all may be left out."""

    indicator = indicator_field()
    year = PlainYear()
    division = division_field()
    as_of = PlainDay(required=False, input_formats=["%Y-%m-%d"])

    def choose(self, promises: dict[str, list[int]], this_year: int) -> tuple[str, int]:
        """The indicator and target year: as asked for, else the first that anything was handed down for, and of its years
        the nearest that has not passed."""
        asked = self.cleaned_data
        indicator = asked["indicator"] or next(iter(promises), "cultivated_land")
        years = promises.get(indicator, [])
        ahead = [year for year in years if year >= this_year]
        nearest = min(ahead) if ahead else max(years, default=this_year)
        return indicator, asked["year"] or nearest
