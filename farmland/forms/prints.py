"""What is asked of a printed form: its code, as text or in a scan."""

from django import forms
from django.utils.translation import gettext_lazy as _

from farmland.forms.scans import clean_code


class FindForm(forms.Form):
    """A code that is typed, or a file that carries one."""

    code = forms.CharField(label=_("校验码"), required=False)
    file = forms.FileField(label=_("扫描件或照片"), required=False, allow_empty_file=True, max_length=1000)

    def clean_code(self) -> str:
        """The code as it is kept."""
        text = self.cleaned_data["code"].strip()
        code = clean_code(text)
        if text and not code:
            raise forms.ValidationError(_("校验码为 16 位字母和数字，请对照打印件重新输入。"))
        return code


class SignedForm(FindForm):
    """A signed copy, and its code where it cannot be read from the file."""

    file = forms.FileField(label=_("签字盖章件"), allow_empty_file=True, max_length=1000)
