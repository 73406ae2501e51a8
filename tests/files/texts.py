"""What the test files say, once, for the program that makes them and the tests that read them."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["TEXTS", "Text"]


@dataclass(frozen=True)
class Text:
    """A report with a heading, paragraphs, a footnote and a table."""

    title: str
    header: str
    """Stands above every page."""
    footer: str
    """Stands below every page, with its number behind it."""
    opening: str
    note: str
    """Hangs on the end of the opening."""
    columns: tuple[str, ...]
    """Paragraphs in two columns."""
    table: tuple[tuple[str, str], ...]
    closing: str

    @property
    def paragraphs(self) -> tuple[str, ...]:
        """Return what a reader must find, in this order, the footnote aside."""
        cells = tuple(cell for row in self.table for cell in row)
        return (self.title, self.opening, *self.columns, *cells, self.closing)


TEXTS = {
    "en": Text(
        title="Report on digital development",
        header="Ministry of Communications – draft of 12 May",
        footer="Annual report, page",
        opening="The ministry extended broadband networks and 5G coverage to remote villages in 2024 and "
        "connected more than 350 schools to the Internet, which supports SDG 9 and the resilience of "
        "the national information infrastructure.",
        note="Figures of the regulatory authority for the telecommunications sector, second quarter.",
        columns=(
            (
                "It trained teachers in digital skills and in the use of e-learning platforms in rural schools, "
                "with a focus on girls and on persons with disabilities. Telecommunications operators paid for "
                "two thirds of the equipment, and municipalities maintain the infrastructure."
            ),
            (
                "Hospitals in four provinces introduced telemedicine, so that patients in mountainous areas see "
                "a specialist without a journey of several days. Interoperability of electronic health records "
                "remains the greatest difficulty, because the manufacturers use incompatible formats."
            ),
            (
                "Farmers receive weather forecasts and market prices by text message. An early-warning system "
                "for floods and droughts covers the whole country, and the meteorological administration "
                "publishes its measurements as open data for researchers and entrepreneurs."
            ),
            (
                "Cybersecurity training reached twelve thousand civil servants. The authority for the protection "
                "of personal data investigated complaints and published recommendations on confidentiality, "
                "transparency and the responsible use of artificial intelligence."
            ),
            (
                "Women lead a third of the enterprises in the incubator for digital entrepreneurship. The fund "
                "for microcredit pays through mobile telephones, which reaches people without a bank account "
                "and reduces inequality between the capital and the provinces."
            ),
        ),
        table=(
            ("Service", "Beneficiaries"),
            ("E-health", "Patients reach hospitals through telemedicine platforms"),
            ("E-government", "Citizens apply for documents without visiting an office"),
        ),
        closing="The ministry will report again next year on Internet access, digital literacy and the "
        "reduction of electronic waste.",
    ),
    "ar": Text(
        title="تقرير عن التنمية الرقمية",
        header="وزارة الاتصالات – مسودة 12 مايو",
        footer="التقرير السنوي، صفحة",
        opening="وسّعت وزارة الاتصالات شبكات النطاق العريض والجيل الخامس في القرى النائية خلال عام 2024، "
        "وربطت أكثر من ٣٥٠ مدرسة بالإنترنت فائق السرعة (ITU)، وهو ما يدعم الهدف التاسع من أهداف التنمية "
        "المستدامة SDG 9 في البلاد.",
        note="أرقام الهيئة المنظمة لقطاع الاتصالات في الربع الثاني من السنة.",
        columns=(
            (
                "درّبت الوزارة المعلمين والمعلمات على المهارات الرقمية واستخدام منصات التعليم الإلكتروني في "
                "المدارس الريفية، مع التركيز على الفتيات والأشخاص ذوي الإعاقة، ودفع المشغلون ثلثي ثمن المعدات."
            ),
            (
                "أدخلت المستشفيات في أربع محافظات خدمة التطبيب عن بعد، فصار المرضى في المناطق الجبلية يراجعون "
                "الطبيب المختص دون سفر يدوم أياماً، ولا يزال توحيد السجلات الصحية الإلكترونية أكبر صعوبة."
            ),
            (
                "يتلقى المزارعون توقعات الطقس وأسعار السوق في رسائل نصية، ويغطي نظام الإنذار المبكر من الفيضانات "
                "والجفاف البلاد كلها، وتنشر هيئة الأرصاد قياساتها بيانات مفتوحة للباحثين ورواد الأعمال."
            ),
            (
                "شمل التدريب على الأمن السيبراني اثني عشر ألف موظف حكومي، وحققت هيئة حماية البيانات الشخصية في "
                "الشكاوى ونشرت توصيات عن السرية والشفافية والاستخدام المسؤول للذكاء الاصطناعي."
            ),
            (
                "تقود النساء ثلث المشاريع في حاضنة ريادة الأعمال الرقمية، ويدفع صندوق القروض الصغيرة عبر الهاتف "
                "المحمول، فيصل إلى من ليس لهم حساب في المصرف ويحد من عدم المساواة بين العاصمة والمحافظات."
            ),
        ),
        table=(
            ("الخدمة", "المستفيدون"),
            ("الصحة الإلكترونية", "يستفيد المرضى من التطبيب عن بعد في المستشفيات"),
            ("الحكومة الإلكترونية", "يطلب المواطنون وثائقهم دون زيارة المكاتب"),
        ),
        closing="ستقدم الوزارة تقريراً آخر في العام المقبل عن النفاذ إلى الإنترنت ومحو الأمية الرقمية والحد "
        "من النفايات الإلكترونية.",
    ),
    "zh": Text(
        title="数字发展报告",
        header="通信部——5月12日草案",
        footer="年度报告，页码",
        opening="通信部在2024年扩大了偏远农村地区的宽带网络和第五代移动通信覆盖，使三百五十多所学校接入高速互联网，"
        "支持可持续发展目标9和国家信息基础设施的韧性建设。",
        note="数据来自电信监管机构的第二季度统计。",
        columns=(
            (
                "该部对教师进行数字技能培训，在农村学校推广在线教育平台，重点关注女童和残疾人的数字包容。电信运营商承担了三分之二的"
                "设备费用，地方政府负责基础设施的日常维护。"
            ),
            (
                "四个省的医院开展了远程医疗服务，山区患者不必长途跋涉就能得到专科医生的诊治。电子健康档案的互操作性仍然是最大的困难，"
                "因为各家厂商使用互不兼容的格式。"
            ),
            (
                "农民通过短信获得天气预报和市场价格信息。洪水和干旱早期预警系统覆盖全国，气象部门将观测数据作为开放数据向研究人员和"
                "创业者公布。"
            ),
            "网络安全培训惠及一万二千名公务员。个人数据保护机构调查了投诉，并就保密、透明和负责任地使用人工智能发布了建议。",
            (
                "数字创业孵化器中三分之一的企业由女性领导。小额信贷基金通过移动电话发放贷款，惠及没有银行账户的人群，缩小了首都与各省"
                "之间的不平等。"
            ),
        ),
        table=(
            ("服务", "受益者"),
            ("电子健康", "患者通过远程医疗平台获得医院服务"),
            ("电子政务", "公民无需前往办事处即可申请证件"),
        ),
        closing="该部明年将再次报告互联网接入、数字素养和减少电子废弃物的进展情况。",
    ),
}
