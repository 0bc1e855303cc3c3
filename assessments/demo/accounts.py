"""The demonstration's accounts, for development alone; every one of them has the same published password."""

from dataclasses import dataclass

from farmland.indicators import Department
from farmland.models import NATION, XPCC, Role

PASSWORD = "farmland-demo"
HEBEI, TANGSHAN, LUANNAN, GUANGDONG = "130000", "130200", "130224", "440000"
NATURAL, AGRICULTURE, GRAIN = Department.NATURAL_RESOURCES, Department.AGRICULTURE, Department.GRAIN_RESERVES
SUPERUSER = "admin"
REVIEWER = "ministry"  # passed the statements that are settled
AGRI_REVIEWER = "ministry_agri"  # gave the opinions on them


@dataclass(frozen=True, slots=True)
class Account:
    """One account: who acts for which division, in which line of government and which role."""

    username: str
    division: str
    department: str
    role: str
    name: str


ACCOUNTS = (
    Account("ministry", NATION, NATURAL, Role.REVIEWER, "自然资源部审核员"),
    Account("ministry_agri", NATION, AGRICULTURE, Role.REVIEWER, "农业农村部审核员"),
    Account("ministry_grain", NATION, GRAIN, Role.REVIEWER, "考核工作组审核员"),
    Account("ministry_reporter", NATION, NATURAL, Role.REPORTER, "自然资源部填报员"),
    Account("ministry_reviewer2", NATION, NATURAL, Role.REVIEWER, "自然资源部审核员二"),
    Account("ministry_viewer", NATION, NATURAL, Role.VIEWER, "自然资源部查看员"),
    Account("hebei_reporter", HEBEI, NATURAL, Role.REPORTER, "河北自然资源填报员"),
    Account("hebei_reviewer", HEBEI, NATURAL, Role.REVIEWER, "河北自然资源审核员"),
    Account("hebei_agri", HEBEI, AGRICULTURE, Role.REPORTER, "河北农业农村填报员"),
    Account("hebei_agri_reviewer", HEBEI, AGRICULTURE, Role.REVIEWER, "河北农业农村审核员"),
    Account("hebei_reviewer2", HEBEI, NATURAL, Role.REVIEWER, "河北自然资源审核员二"),
    Account("hebei_grain", HEBEI, GRAIN, Role.REPORTER, "河北粮食和储备填报员"),
    Account("tangshan_reporter", TANGSHAN, NATURAL, Role.REPORTER, "唐山自然资源填报员"),
    Account("tangshan_reviewer", TANGSHAN, NATURAL, Role.REVIEWER, "唐山自然资源审核员"),
    Account("tangshan_agri_reviewer", TANGSHAN, AGRICULTURE, Role.REVIEWER, "唐山农业农村审核员"),
    Account("luannan_reporter", LUANNAN, NATURAL, Role.REPORTER, "滦南自然资源填报员"),
    Account("luannan_agri", LUANNAN, AGRICULTURE, Role.REPORTER, "滦南农业农村填报员"),
    Account("xpcc_reporter", XPCC, NATURAL, Role.REPORTER, "兵团自然资源填报员"),
    Account("xpcc_reviewer", XPCC, NATURAL, Role.REVIEWER, "兵团自然资源审核员"),
    Account("guangdong_reporter", GUANGDONG, NATURAL, Role.REPORTER, "广东自然资源填报员"),
    Account("guangdong_reviewer", GUANGDONG, NATURAL, Role.REVIEWER, "广东自然资源审核员"),
    Account("hebei_admin", HEBEI, NATURAL, Role.ADMINISTRATOR, "河北用户管理员"),
    Account(SUPERUSER, NATION, "", Role.ADMINISTRATOR, "系统管理员"),
)
