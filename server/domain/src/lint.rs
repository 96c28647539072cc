//! Warnings on a clause (R16: PML 29; CPLI 358: what is not clear cannot be confirmed or enforced).
//!
//! Advice to the mediator, never a bar: the rules look for words, and people write what no rule foresees.

/// What may be missing or unclear. The codes are stable; the web has the sentences.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Warning {
    /// Money is owed, but how much?
    NoAmount,
    /// Who pays?
    NoPayer,
    /// To whom?
    NoPayee,
    /// By when?
    NoDate,
    /// How is it paid?
    NoMethod,
    /// Words that nobody can enforce: 尽快, 适当, 相关费用 …
    Vague,
    /// The figure and the capital numerals (大写) differ.
    AmountsDiffer,
}

impl Warning {
    /// The stable code.
    pub fn code(self) -> &'static str {
        match self {
            Self::NoAmount => "no_amount",
            Self::NoPayer => "no_payer",
            Self::NoPayee => "no_payee",
            Self::NoDate => "no_date",
            Self::NoMethod => "no_method",
            Self::Vague => "vague",
            Self::AmountsDiffer => "amounts_differ",
        }
    }
}

const PAYS: &[&str] =
    &["支付", "转账", "赔偿", "补偿", "退还", "返还", "给付", "偿还", "汇入", "转入", "付给", "前付", "付款"];
const DOES: &[&str] = &["修", "拆", "恢复", "清除", "搬", "交付", "腾", "道歉", "移交", "更换", "停止"];
const METHODS: &[&str] =
    &["转账", "现金", "汇入", "转入", "账户", "微信", "支付宝", "银行", "当场", "当面", "原路"];
const TOWARDS: &[&str] = &["向", "给", "汇入", "转入", "支付", "双方", "各"];
const VAGUE: &[&str] = &[
    "尽快",
    "尽早",
    "适当",
    "合理",
    "相关费用",
    "有关费用",
    "等费用",
    "视情况",
    "酌情",
    "若干",
    "近期",
    "一定的",
    "妥善",
    "原则上",
];
const WHEN: &[&str] = &[
    "当场",
    "即时",
    "立即",
    "之日",
    "日内",
    "日前",
    "月底",
    "年底",
    "每月",
    "每年",
    "期间",
    "届满",
    "生效后",
];

/// Reads one clause. `names` are the parties' names as they stand in the file.
pub fn warnings<'a>(text: &str, names: impl IntoIterator<Item = &'a str>) -> Vec<Warning> {
    let has = |words: &[&str]| words.iter().any(|w| text.contains(w));
    let mut found = Vec::new();
    let roles = ["申请人", "被申请人", "双方", "甲方", "乙方", "公司", "医院", "第三人"];
    let named = names.into_iter().filter(|n| !n.is_empty() && text.contains(n)).count()
        + roles.iter().filter(|r| text.contains(*r)).count();
    let pays = has(PAYS);
    if pays {
        if figures(text).is_empty() && capital(text).is_none() {
            found.push(Warning::NoAmount);
        }
        if named == 0 {
            found.push(Warning::NoPayer);
        }
        if named < 2 && !(named == 1 && has(TOWARDS)) {
            found.push(Warning::NoPayee);
        }
        if !has(METHODS) {
            found.push(Warning::NoMethod);
        }
    }
    if (pays || has(DOES)) && !has(WHEN) && !dated(text) {
        found.push(Warning::NoDate);
    }
    if has(VAGUE) {
        found.push(Warning::Vague);
    }
    if let Some(words) = capital(text)
        && !figures(text).contains(&words)
        && !figures(text).is_empty()
    {
        found.push(Warning::AmountsDiffer);
    }
    found
}

/// “…年…月…日” or “…月…日” with figures.
fn dated(text: &str) -> bool {
    let chars: Vec<char> = text.chars().collect();
    chars.windows(2).enumerate().any(|(i, pair)| {
        pair[0].is_ascii_digit()
            && pair[1] == '月'
            && chars[i + 2..].iter().take(3).any(|c| c.is_ascii_digit() || *c == '日' || *c == '底')
    })
}

/// Amounts in figures, in fen: digits with separators before 元 or 万元.
fn figures(text: &str) -> Vec<u64> {
    let chars: Vec<char> = text.chars().collect();
    let mut found = Vec::new();
    for (i, _) in chars.iter().enumerate().filter(|(_, c)| matches!(c, '元' | '圆')) {
        let end = if i > 0 && chars[i - 1] == '万' { i - 1 } else { i };
        let start = chars[..end]
            .iter()
            .rposition(|c| !(c.is_ascii_digit() || matches!(c, '.' | ',' | '，')))
            .map_or(0, |p| p + 1);
        let digits: String = chars[start..end].iter().filter(|c| !matches!(c, ',' | '，')).collect();
        let scale = if end < i { 1_000_000 } else { 100 };
        found.extend(fen(&digits, scale));
    }
    found
}

/// A decimal number times `scale`, exactly; `None` for more decimals than the scale holds.
fn fen(digits: &str, scale: u64) -> Option<u64> {
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let mut value = whole.parse::<u64>().ok()?.checked_mul(scale)?;
    let mut unit = scale;
    for c in part.chars() {
        unit /= 10;
        value = value.checked_add(u64::from(c.to_digit(10)?).checked_mul(unit)?)?;
    }
    Some(value)
}

/// The first amount in capital numerals, in fen: 壹仟捌佰元整 → 180000.
fn capital(text: &str) -> Option<u64> {
    const DIGITS: &str = "零壹贰叁肆伍陆柒捌玖";
    let starts = text.find(|c| DIGITS.chars().skip(1).any(|d| d == c))?;
    let (mut sum, mut section, mut digit) = (0_u64, 0_u64, 0_u64);
    let mut seen_yuan = false;
    for c in text[starts..].chars() {
        if let Some(at) = DIGITS.chars().position(|d| d == c) {
            digit = at as u64;
            continue;
        }
        match c {
            '拾' => section += digit.max(1) * 10,
            '佰' => section += digit * 100,
            '仟' => section += digit * 1000,
            '万' => sum += (section + digit) * 10_000,
            '亿' => sum = (sum + section + digit) * 100_000_000,
            '元' | '圆' => {
                sum = (sum + section + digit) * 100;
                seen_yuan = true;
            }
            '角' if seen_yuan => sum += digit * 10,
            '分' if seen_yuan => sum += digit,
            _ => break,
        }
        if matches!(c, '万' | '亿' | '元' | '圆') {
            section = 0;
        }
        digit = 0;
    }
    seen_yuan.then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: [&str; 2] = ["赵守田", "钱永福"];

    fn codes(text: &str) -> Vec<&'static str> {
        warnings(text, NAMES).into_iter().map(Warning::code).collect()
    }

    #[test]
    fn r16_the_clauses_of_the_demo_case_are_clear() {
        for clause in [
            "钱永福于2026年5月20日前沿界址自费修排水沟一条，长9米、宽0.3米。",
            "5月10日前钱永福向赵守田转账1800元，用于墙面修补。",
            "施工期间赵守田允许从其一侧通行两日。",
            "沟渠日后由两家各清理一半。",
            "高峰当场原路退还林晓2600元（大写：贰仟陆佰元整），会员卡注销。",
        ] {
            assert_eq!(
                codes(clause).iter().filter(|c| **c != "no_payer" && **c != "no_payee").count(),
                0,
                "{clause}: {:?}",
                codes(clause)
            );
        }
    }

    #[test]
    fn r16_what_is_missing_is_named() {
        assert_eq!(codes("钱永福尽快赔偿赵守田损失。"), ["no_amount", "no_method", "no_date", "vague"]);
        assert_eq!(codes("2026年5月10日前转账1800元。"), ["no_payer", "no_payee"]);
        assert_eq!(codes("钱永福修好东墙。"), ["no_date"]);
    }

    #[test]
    fn r16_figures_and_capital_numerals_are_checked_against_each_other() {
        let pay = |amount: &str| format!("钱永福于2026年5月10日前向赵守田转账{amount}。");
        assert!(codes(&pay("1800元（大写：壹仟捌佰元整）")).is_empty());
        assert!(codes(&pay("86,400元（大写：捌万陆仟肆佰元整）")).is_empty());
        assert!(codes(&pay("1.26万元（大写：壹万贰仟陆佰元整）")).is_empty());
        assert!(codes(&pay("10.05元（大写：壹拾元零伍分）")).is_empty());
        assert_eq!(codes(&pay("1800元（大写：壹万捌仟元整）")), ["amounts_differ"]);
    }
}
