"""Words of everyday texts that share a stem, a sound or characters with a term, and the term itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from annotator.matcher import Matcher

if TYPE_CHECKING:
    from annotator import Taxonomy

# Concept, language, a text that only seems to speak of it, a text that does.
LOOK_ALIKES = [
    ("oceans-and-seas", "ar", "وصل البحارة إلى الفندق", "تلوث البحار والمحيطات"),
    ("dementia-neurological", "ar", "اشترى الراعي الخرفان", "رعاية مرضى الخرف"),
    ("diabetes", "ar", "قلل من السكريات في طعامك", "علاج مرضى السكري"),
    ("reconciliation", "ar", "تدافع الشركة عن مصالحها", "جهود المصالحة الوطنية"),
    ("flora-plants", "en", "fresh vegetables at the market", "the vegetation of the dunes"),
    ("working-from-home", "en", "help with homework", "homeworking after the pandemic"),
    ("right-to-repair", "en", "the repair of the bridge", "a repairability index for phones"),
    ("indigenous-women", "en", "closed road intersections", "the intersectionality of exclusion"),
    (
        "job-retention-layoffs",
        "en",
        "redundancy of the database",
        "redundancies in the steel works",
    ),
    ("fertilizer", "en", "a fertile imagination", "the price of fertilizers"),
    ("persons-with-disabilities", "en", "disable cookies in the browser", "disabled children"),
    ("courts-judges", "en", "the Chicago Tribune", "the tribunal ruled against him"),
    ("hospital", "en", "the hospitality of our hosts", "a bed in the hospitals"),
    ("monuments-and-archaeology", "en", "an antique clock", "stolen antiquities"),
    (
        "el-nino-rainfall-variability",
        "es",
        "el niño y la niña van al parque",
        "fenómeno de El Niño",
    ),
    ("fish-species", "es", "vivía en pecado", "los peces del lago"),
    ("livestock", "es", "una rebanada de pan", "un rebaño de ovejas"),
    ("refugees", "es", "un refugio de montaña", "los refugiados sirios"),
    ("landslides-volcano", "es", "los autores aluden a una novela", "un alud cortó la carretera"),
    ("patient-care", "es", "esperó pacientemente", "los pacientes del hospital"),
    ("breastfeeding-infant-nutrition", "fr", "il allait au marché", "l'allaitement maternel"),
    ("mooc-platforms", "fr", "la course de dimanche", "un cours de Coursera"),
    ("refugees", "fr", "un refuge de montagne", "les réfugiés syriens"),
    ("disinformation", "fr", "une intoxication alimentaire", "une intox sur les réseaux"),
    ("flora-plants", "fr", "un commerce florissant", "la flore alpine"),
    ("emergency-medical-services", "fr", "un marchand ambulant", "une ambulance est arrivée"),
    ("factory-plant", "ru", "заводить новых друзей", "рабочие завода"),
    ("museum-gallery", "ru", "муза поэта", "залы музея"),
    ("methane-emissions", "ru", "метать копьё", "выбросы метана"),
    ("civil-unrest", "ru", "выразить протест судье матча", "протестующие вышли на площадь"),
    ("good-governance", "zh", "改善治安", "推进善治"),
    ("water-reuse", "zh", "可再生水资源总量", "再生水回用"),
    ("social-commerce", "zh", "小微商户", "做微商的年轻人"),
    ("women-in-sport-culture", "zh", "妇女足不出户", "中国女足"),
]


@pytest.mark.parametrize(
    ("concept", "language", "everyday", "meant"),
    LOOK_ALIKES,
    ids=[f"{language}-{concept}" for concept, language, _, _ in LOOK_ALIKES],
)
def test_an_everyday_word_is_not_taken_for_a_term_that_it_looks_like(
    taxonomy: Taxonomy, concept: str, language: str, everyday: str, meant: str
) -> None:
    matcher = Matcher(taxonomy)
    number = taxonomy.concept_ids.index(concept)
    assert number not in {match.concept for match in matcher.find(everyday, language)}
    assert number in {match.concept for match in matcher.find(meant, language)}
