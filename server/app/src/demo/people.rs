//! 云岭县: one county committee, twenty townships, a village and the medical committee; staff of every office.

use domain::StaffRole as R;
use domain::staff::Level;

/// A committee: short name, full name, level, the one above it.
pub(super) struct Office {
    pub short_name: &'static str,
    pub name: &'static str,
    pub level: Level,
    pub above: Option<&'static str>,
}

/// A member of staff.
pub(super) struct Member {
    pub username: &'static str,
    pub role: R,
    pub name: &'static str,
    pub title: &'static str,
    pub office: &'static str,
}

const fn township(short_name: &'static str, name: &'static str) -> Office {
    Office { short_name, name, level: Level::Township, above: Some("云岭") }
}

const fn member(
    username: &'static str,
    role: R,
    name: &'static str,
    title: &'static str,
    office: &'static str,
) -> Member {
    Member { username, role, name, title, office }
}

/// From the top down.
pub(super) const OFFICES: &[Office] = &[
    Office {
        short_name: "云岭", name: "云岭县人民调解委员会", level: Level::County, above: None
    },
    township("云岭医", "云岭县医疗纠纷人民调解委员会"),
    township("石桥", "云岭县石桥镇人民调解委员会"),
    township("东关", "云岭县东关镇人民调解委员会"),
    township("柳湾", "云岭县柳湾乡人民调解委员会"),
    township("青石", "云岭县青石镇人民调解委员会"),
    township("白鹤", "云岭县白鹤镇人民调解委员会"),
    township("南坪", "云岭县南坪镇人民调解委员会"),
    township("双河", "云岭县双河镇人民调解委员会"),
    township("大坝", "云岭县大坝镇人民调解委员会"),
    township("龙泉", "云岭县龙泉镇人民调解委员会"),
    township("新集", "云岭县新集镇人民调解委员会"),
    township("黄坡", "云岭县黄坡镇人民调解委员会"),
    township("云台", "云岭县云台镇人民调解委员会"),
    township("马蹄", "云岭县马蹄镇人民调解委员会"),
    township("桃源", "云岭县桃源乡人民调解委员会"),
    township("银杏", "云岭县银杏乡人民调解委员会"),
    township("清水", "云岭县清水乡人民调解委员会"),
    township("望山", "云岭县望山乡人民调解委员会"),
    township("松林", "云岭县松林乡人民调解委员会"),
    township("红岩", "云岭县红岩乡人民调解委员会"),
    township("竹溪", "云岭县竹溪乡人民调解委员会"),
    Office {
        short_name: "老槐村",
        name: "云岭县石桥镇老槐村人民调解委员会",
        level: Level::Grid,
        above: Some("石桥"),
    },
];

/// Everybody who can sign in.
pub(super) const STAFF: &[Member] = &[
    member("admin", R::Admin, "管理员", "系统管理员", "云岭"),
    member("gaoyuan", R::Director, "高远", "主任", "云岭"),
    member("zhishou", R::IncidentDesk, "值守席", "值守员", "云岭"),
    member("xumingda", R::Lawyer, "许明达", "驻点律师", "云岭"),
    member("yeqing", R::Counsellor, "叶清", "心理咨询师", "云岭"),
    member("fangzhiping", R::Liaison, "方志平", "市场监管局联络员", "云岭"),
    member("qinruoxi", R::Lawyer, "秦若溪", "值班律师", "云岭"),
    member("zhounong", R::Liaison, "周农", "农业农村局联络员", "云岭"),
    member("hetian", R::Liaison, "何田", "自然资源局联络员", "云岭"),
    member("wushuyan", R::Liaison, "吴书言", "劳动监察联络员", "云岭"),
    member("linlan", R::Mediator, "林岚", "首席调解员", "石桥"),
    member("hanchunsheng", R::Mediator, "韩春生", "专职调解员", "石桥"),
    member("suhe", R::Clerk, "苏禾", "书记员", "石桥"),
    member("guoshoucheng", R::Director, "郭守成", "主任", "石桥"),
    member("tianxiaoman", R::GridWorker, "田小满", "专职网格员", "石桥"),
    member("mahuimin", R::Mediator, "马会民", "专职调解员", "东关"),
    member("baixue", R::Clerk, "白雪", "书记员", "东关"),
    member("tangwen", R::Director, "唐文", "主任", "东关"),
    member("luojian", R::Mediator, "罗健", "专职调解员", "柳湾"),
    member("qinmu", R::Director, "秦牧", "主任", "柳湾"),
    member("dingwei", R::Mediator, "丁蔚", "医疗纠纷调解员", "云岭医"),
    member("shenyi", R::Director, "沈毅", "主任", "云岭医"),
    member("hecheng", R::Mediator, "何诚", "村调解员", "老槐村"),
];
