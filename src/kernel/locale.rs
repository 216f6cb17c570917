//! The languages that visitors read, and their choice from `Accept-Language`
//! (RFC 9110 §12.5.4, with the basic matching of RFC 4647 §3.3.1).

crate::text_enum! {
    /// A language of the words for visitors.
    #[derive(Default)]
    #[schema(as = Locale)]
    pub enum Lang {
        #[default]
        Cs,
        En,
    }
}

impl Lang {
    /// The language of a tag such as `cs`, `en-GB` or `EN`; `None` for one we do not write.
    pub fn from_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next()?;
        Self::ALL.iter().copied().find(|lang| lang.as_str().eq_ignore_ascii_case(primary))
    }

    /// The best language for an `Accept-Language` value.
    ///
    /// The highest weight wins, of equals the one named first. `*` speaks for languages not named.
    /// A weight of zero excludes. Malformed members are skipped. Where nothing we have is
    /// accepted, the answer is the first language that is not excluded: Czech, else English.
    pub fn negotiate(accept_language: Option<&str>) -> Self {
        let ranges: Vec<_> = accept_language.unwrap_or_default().split(',').filter_map(Range::parse).collect();
        let weights: Vec<_> = Self::ALL.iter().map(|lang| (*lang, weight_of(*lang, &ranges))).collect();

        let mut best: Option<(Self, Rank)> = None;
        for (lang, rank) in weights.iter().copied() {
            if let Some(rank) = rank.filter(|rank| rank.weight > 0)
                && best.is_none_or(|(_, leader)| rank.beats(leader))
            {
                best = Some((lang, rank));
            }
        }
        best.map(|(lang, _)| lang)
            .or_else(|| {
                let not_excluded = weights.into_iter().find(|(_, rank)| rank.is_none());
                not_excluded.map(|(lang, _)| lang)
            })
            .unwrap_or_default()
    }
}

/// One member of the header: a language range and its weight in thousandths.
struct Range<'a> {
    tag: &'a str,
    weight: u16,
}

impl<'a> Range<'a> {
    fn parse(member: &'a str) -> Option<Self> {
        let (tag, weight) = match member.split_once(';') {
            Some((tag, parameter)) => (tag, parse_weight(parameter)?),
            None => (member, 1000),
        };
        let tag = tag.trim_matches([' ', '\t']);
        (!tag.is_empty()).then_some(Self { tag, weight })
    }
}

/// `q=` and a qvalue: 0 to 1 with at most three decimals (RFC 9110 §12.4.2).
fn parse_weight(parameter: &str) -> Option<u16> {
    let parameter = parameter.trim_matches([' ', '\t']);
    let value = parameter.strip_prefix("q=").or_else(|| parameter.strip_prefix("Q="))?;
    let (whole, decimals) = value.split_once('.').unwrap_or((value, ""));
    if decimals.len() > 3 || !decimals.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let thousandths: u16 = format!("{decimals:0<3}").parse().ok()?;
    match whole {
        "0" => Some(thousandths),
        "1" if thousandths == 0 => Some(1000),
        _ => None,
    }
}

#[derive(Clone, Copy)]
struct Rank {
    weight: u16,
    position: usize,
}

impl Rank {
    fn beats(self, other: Self) -> bool {
        self.weight > other.weight || (self.weight == other.weight && self.position < other.position)
    }
}

/// What the header says of `lang`: the best of the members that name it, else `*`, else nothing.
fn weight_of(lang: Lang, ranges: &[Range<'_>]) -> Option<Rank> {
    let best = |names: &dyn Fn(&str) -> bool| {
        ranges
            .iter()
            .enumerate()
            .filter(|(_, range)| names(range.tag))
            .map(|(position, range)| Rank { weight: range.weight, position })
            .reduce(|leader, rank| if rank.beats(leader) { rank } else { leader })
    };
    best(&|tag| Lang::from_tag(tag) == Some(lang)).or_else(|| best(&|tag| tag == "*"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn negotiation_table() {
        for (header, expected) in [
            ("", Lang::Cs),
            ("cs", Lang::Cs),
            ("en", Lang::En),
            ("EN-gb", Lang::En),
            ("cs-CZ,cs;q=0.9,en;q=0.8", Lang::Cs),
            ("en-US,en;q=0.9,cs;q=0.8", Lang::En),
            ("cs;q=0.5, en;q=0.501", Lang::En),
            ("de, en;q=0.1", Lang::En),
            ("de, fr", Lang::Cs),
            ("en, cs", Lang::En),
            ("cs, en", Lang::Cs),
            ("*", Lang::Cs),
            ("*;q=0.5, en;q=0.4", Lang::Cs),
            ("*;q=0.4, en;q=0.5", Lang::En),
            ("cs;q=0, *", Lang::En),
            ("cs;q=0", Lang::En),
            ("en;q=0", Lang::Cs),
            ("en;q=0, *;q=0.1", Lang::Cs),
            ("*;q=0", Lang::Cs),
            ("*;q=0, en;q=0.1", Lang::En),
            ("cs;q=0,en;q=0", Lang::Cs),
            ("en ; q=0.3 ,\tcs ;\tQ=0.2", Lang::En),
            ("en;q=1.000, cs;q=0.999", Lang::En),
            // Malformed members are skipped.
            ("en;q=2", Lang::Cs),
            ("en;q=1.001", Lang::Cs),
            ("en;q=0.1234", Lang::Cs),
            ("en;q=.5", Lang::Cs),
            ("en;q=-1", Lang::Cs),
            ("en;q=", Lang::Cs),
            ("en;level=1", Lang::Cs),
            ("english", Lang::Cs),
            ("en_GB", Lang::Cs),
            (";q=1,,en;q=0.1", Lang::En),
        ] {
            assert_eq!(Lang::negotiate(Some(header)), expected, "{header:?}");
        }
        assert_eq!(Lang::negotiate(None), Lang::Cs);
    }

    proptest! {
        #[test]
        fn any_header_is_answered(header in ".*") {
            let lang = Lang::negotiate(Some(&header));
            prop_assert!(Lang::ALL.contains(&lang));
        }

        #[test]
        fn the_greater_weight_wins(cs in 1u16..=1000, en in 1u16..=1000) {
            let q = |weight: u16| format!("{}.{:03}", weight / 1000, weight % 1000);
            let header = format!("cs-CZ;q={}, en-GB;q={}", q(cs), q(en));
            let expected = if en > cs { Lang::En } else { Lang::Cs };
            prop_assert_eq!(Lang::negotiate(Some(&header)), expected);
        }
    }
}
