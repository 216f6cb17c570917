//! Texts that say how to resolve a blocker, in both languages.

use super::readiness::Code;
use crate::kernel::error::Text;

/// Returns the text for a blocker code.
#[must_use]
pub fn of(code: Code) -> Text {
    let (en, cs) = match code {
        Code::SponsorVacant => ("This side has no sponsor. Seat one.", "Tato strana nemá sponzora. Obsaďte jej."),
        Code::SponsorSamePerson => {
            ("One person sits for two sides. Seat two people.", "Jedna osoba zastupuje dvě strany. Obsaďte dvě osoby.")
        }
        Code::GoalMissing => (
            "The charter has no goal. Add a measurable one.",
            "Zakládací listina nemá žádný cíl. Přidejte měřitelný cíl.",
        ),
        Code::MilestoneMissing => {
            ("The charter has no milestone. Add one.", "Zakládací listina nemá žádný milník. Přidejte jej.")
        }
        Code::DatesOutOfRange => (
            "A goal or milestone is due outside the project's days. Move it, or the project.",
            "Termín cíle nebo milníku je mimo dny projektu. Posuňte jej, nebo projekt.",
        ),
        Code::SignatureMissing => {
            ("This side has not signed the charter.", "Tato strana zakládací listinu nepodepsala.")
        }
        Code::SignatureStale => (
            "This side signed an older version, or by a sponsor who has left the seat. It has to sign again.",
            "Tato strana podepsala starší verzi, nebo podepsal sponzor, který už jím není. Musí podepsat znovu.",
        ),
        Code::SideEmpty => (
            "Nobody of this side has accepted a counted place on the team.",
            "Za tuto stranu zatím nikdo nepřijal započítané místo v týmu.",
        ),
        Code::ParityBreached => (
            "The sides differ by more people than the charter allows.",
            "Počty lidí jednotlivých stran se liší víc, než zakládací listina dovoluje.",
        ),
        Code::HomePositionMissing => (
            "This member has no home position to return to. Record it in the directory.",
            "Tento člen nemá domovskou pozici, kam by se vrátil. Zapište ji do adresáře.",
        ),
        Code::OwnershipGap => (
            "On some days of the project nobody is accountable for this area.",
            "V některých dnech projektu za tuto oblast nikdo neodpovídá.",
        ),
        Code::OwnerNotActiveMember => (
            "Somebody accountable for this area has not accepted a place on the team.",
            "Někdo, kdo za tuto oblast odpovídá, nepřijal místo v týmu.",
        ),
        Code::SideMismatch => (
            "Somebody accountable for this area belongs to another side than the charter says.",
            "Někdo, kdo za tuto oblast odpovídá, patří k jiné straně, než uvádí zakládací listina.",
        ),
    };
    Text::new(en, cs)
}
