"""Every application, in one visible tuple."""

from cognoscope.apps.emergency import arrivals
from cognoscope.apps.imaging import bones, fetalhead, lungs, mammography, polyps, retina, skin
from cognoscope.apps.pharmacy import antibiotics, interactions, reactions, signals
from cognoscope.apps.records import coding, comorbidities, pseudonyms
from cognoscope.core.application import Application

APPLICATIONS: tuple[Application, ...] = (
    arrivals.APPLICATION,
    comorbidities.APPLICATION,
    pseudonyms.APPLICATION,
    coding.APPLICATION,
    reactions.APPLICATION,
    interactions.APPLICATION,
    antibiotics.APPLICATION,
    signals.APPLICATION,
    fetalhead.APPLICATION,
    lungs.APPLICATION,
    mammography.APPLICATION,
    bones.APPLICATION,
    polyps.APPLICATION,
    retina.APPLICATION,
    skin.APPLICATION,
)
