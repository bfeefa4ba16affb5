//! The sample company, as data. Names and codes are made up; the codes' check digits are right.

use salient_proto::customers::v1::Grade;

pub(super) const COMPANY_NAME: &str = "远航精密机械股份有限公司";
pub(super) const COMPANY_CODE: &str = "YH";

/// Somebody, by personnel number and name.
pub(super) type Name = (&'static str, &'static str);

pub(super) const ADMINISTRATOR: Name = ("1000", "周敏");
pub(super) const MANAGEMENT: Name = ("1001", "陈建国");
pub(super) const DIRECTOR: Name = ("1002", "林志强");
pub(super) const FINANCE: Name = ("1003", "孙丽");

pub(super) struct Region {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) manager: Name,
    pub(super) teams: &'static [Team],
}

pub(super) struct Team {
    pub(super) code: &'static str,
    pub(super) name: &'static str,
    pub(super) supervisor: Name,
    pub(super) salespeople: &'static [Name],
}

pub(super) const REGIONS: &[Region] = &[
    Region {
        code: "HD",
        name: "华东大区",
        manager: ("2001", "王海涛"),
        teams: &[
            Team {
                code: "HD1",
                name: "上海团队",
                supervisor: ("2101", "张伟"),
                salespeople: &[("2111", "李娜"), ("2112", "刘洋")],
            },
            Team {
                code: "HD2",
                name: "江浙团队",
                supervisor: ("2201", "徐静"),
                salespeople: &[("2211", "沈浩"), ("2212", "钱雨欣")],
            },
        ],
    },
    Region {
        code: "HN",
        name: "华南大区",
        manager: ("3001", "黄志明"),
        teams: &[
            Team {
                code: "HN1",
                name: "深圳团队",
                supervisor: ("3101", "何婷"),
                salespeople: &[("3111", "梁俊杰"), ("3112", "邓佳怡")],
            },
            Team {
                code: "HN2",
                name: "广佛团队",
                supervisor: ("3201", "罗勇"),
                salespeople: &[("3211", "谢晓燕"), ("3212", "曾宇航")],
            },
        ],
    },
    Region {
        code: "HB",
        name: "华北大区",
        manager: ("4001", "赵磊"),
        teams: &[
            Team {
                code: "HB1",
                name: "京津冀团队",
                supervisor: ("4101", "马超"),
                salespeople: &[("4111", "郭子涵"), ("4112", "韩雪")],
            },
            Team {
                code: "HB2",
                name: "山东团队",
                supervisor: ("4201", "宋文博"),
                salespeople: &[("4211", "于海洋"), ("4212", "董思远")],
            },
        ],
    },
];

pub(super) struct Customer {
    pub(super) name: &'static str,
    pub(super) code: &'static str,
    /// Province or municipality, then city or district.
    pub(super) place: (&'static str, &'static str),
    pub(super) contact: &'static str,
    /// The owner's personnel number.
    pub(super) owner: &'static str,
    pub(super) grade: Grade,
    /// In yuan.
    pub(super) credit_limit: i64,
}

/// One for each salesperson.
pub(super) const CUSTOMERS: &[Customer] = &[
    customer(
        "浦江自动化设备有限公司",
        "91310115MA1002039F",
        ("上海市", "浦东新区"),
        "吴建平",
        "2111",
        Grade::A,
        30_000_000,
    ),
    customer(
        "申联电梯部件有限公司",
        "91310112MA1081224M",
        ("上海市", "闵行区"),
        "陆敏华",
        "2112",
        Grade::B,
        12_000_000,
    ),
    customer(
        "苏州恒创光电科技有限公司",
        "91320500MA1160416E",
        ("江苏省", "苏州市"),
        "顾晓东",
        "2211",
        Grade::A,
        25_000_000,
    ),
    customer(
        "杭州云峰包装机械有限公司",
        "91330106MA123960XJ",
        ("浙江省", "杭州市"),
        "楼佳琪",
        "2212",
        Grade::B,
        10_000_000,
    ),
    customer(
        "深圳前湾机器人有限公司",
        "91440305MA13187970",
        ("广东省", "深圳市"),
        "欧阳明",
        "3111",
        Grade::A,
        40_000_000,
    ),
    customer(
        "鹏芯半导体装备有限公司",
        "91440305MA2055167J",
        ("广东省", "深圳市"),
        "卓文彬",
        "3112",
        Grade::A,
        35_000_000,
    ),
    customer(
        "广州珠水船舶配套有限公司",
        "91440106MA1397982M",
        ("广东省", "广州市"),
        "麦颖",
        "3211",
        Grade::C,
        5_000_000,
    ),
    customer(
        "佛山禅城陶瓷机械有限公司",
        "91440600MA1477173G",
        ("广东省", "佛山市"),
        "冼国强",
        "3212",
        Grade::B,
        9_000_000,
    ),
    customer(
        "北京中关智能仪器有限公司",
        "91110108MA1635557J",
        ("北京市", "海淀区"),
        "白雪松",
        "4111",
        Grade::A,
        28_000_000,
    ),
    customer(
        "天津滨海重工有限公司",
        "91120116MA1714749M",
        ("天津市", "滨海新区"),
        "窦志刚",
        "4112",
        Grade::B,
        16_000_000,
    ),
    customer(
        "济南泉城液压有限公司",
        "91370102MA1556365M",
        ("山东省", "济南市"),
        "孔祥瑞",
        "4211",
        Grade::C,
        6_000_000,
    ),
    customer(
        "青岛海岳泵业有限公司",
        "91370200MA18731250",
        ("山东省", "青岛市"),
        "纪文娟",
        "4212",
        Grade::D,
        2_000_000,
    ),
];

const fn customer(
    name: &'static str,
    code: &'static str,
    place: (&'static str, &'static str),
    contact: &'static str,
    owner: &'static str,
    grade: Grade,
    credit_limit: i64,
) -> Customer {
    Customer {
        name,
        code,
        place,
        contact,
        owner,
        grade,
        credit_limit,
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::{ADMINISTRATOR, CUSTOMERS, DIRECTOR, FINANCE, MANAGEMENT, REGIONS};

    #[test]
    fn numbers_and_codes_are_given_once_and_every_customer_has_a_salesperson() {
        let teams = || REGIONS.iter().flat_map(|region| region.teams);
        let salespeople: Vec<_> = teams()
            .flat_map(|team| team.salespeople)
            .map(|name| name.0)
            .collect();
        let mut numbers: Vec<_> = [ADMINISTRATOR, MANAGEMENT, DIRECTOR, FINANCE]
            .map(|name| name.0)
            .into();
        numbers.extend(REGIONS.iter().map(|region| region.manager.0));
        numbers.extend(teams().map(|team| team.supervisor.0));
        numbers.extend(&salespeople);
        assert_eq!(numbers.iter().collect::<HashSet<_>>().len(), numbers.len());
        let codes: HashSet<_> = CUSTOMERS.iter().map(|customer| customer.code).collect();
        assert_eq!(codes.len(), CUSTOMERS.len());
        assert!(
            CUSTOMERS
                .iter()
                .all(|customer| salespeople.contains(&customer.owner))
        );
    }
}
