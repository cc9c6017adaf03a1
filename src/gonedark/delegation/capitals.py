"""The capital of every ISO 3166-1 country or territory, and the IANA time zone its clocks follow.

A country with several zones is given the one of its capital, since one clock must stand beside UTC in a report. Zones
are those the IANA database lists for the country (``zone.tab``). Where there is no capital: Antarctica has McMurdo, the
largest station; Bouvet Island and Heard Island, on which nobody lives and for which IANA has no zone, have Norway's
time and UTC+5; Tokelau, whose seat moves between atolls, has Fakaofo. Where a capital is disputed, the seat of the
administration in place is given. Begin with :data:`CAPITALS`; ``names`` answers questions. Not for arithmetic with
times.
"""

from gonedark.model.place import Place

_TABLE = """
AD Europe/Andorra Andorra la Vella
AE Asia/Dubai Abu Dhabi
AF Asia/Kabul Kabul
AG America/Antigua St. John’s
AI America/Anguilla The Valley
AL Europe/Tirane Tirana
AM Asia/Yerevan Yerevan
AO Africa/Luanda Luanda
AQ Antarctica/McMurdo McMurdo
AR America/Argentina/Buenos_Aires Buenos Aires
AS Pacific/Pago_Pago Pago Pago
AT Europe/Vienna Vienna
AU Australia/Sydney Canberra
AW America/Aruba Oranjestad
AX Europe/Mariehamn Mariehamn
AZ Asia/Baku Baku
BA Europe/Sarajevo Sarajevo
BB America/Barbados Bridgetown
BD Asia/Dhaka Dhaka
BE Europe/Brussels Brussels
BF Africa/Ouagadougou Ouagadougou
BG Europe/Sofia Sofia
BH Asia/Bahrain Manama
BI Africa/Bujumbura Gitega
BJ Africa/Porto-Novo Porto-Novo
BL America/St_Barthelemy Gustavia
BM Atlantic/Bermuda Hamilton
BN Asia/Brunei Bandar Seri Begawan
BO America/La_Paz La Paz
BQ America/Kralendijk Kralendijk
BR America/Sao_Paulo Brasília
BS America/Nassau Nassau
BT Asia/Thimphu Thimphu
BV Europe/Oslo Oslo
BW Africa/Gaborone Gaborone
BY Europe/Minsk Minsk
BZ America/Belize Belmopan
CA America/Toronto Ottawa
CC Indian/Cocos West Island
CD Africa/Kinshasa Kinshasa
CF Africa/Bangui Bangui
CG Africa/Brazzaville Brazzaville
CH Europe/Zurich Bern
CI Africa/Abidjan Yamoussoukro
CK Pacific/Rarotonga Avarua
CL America/Santiago Santiago
CM Africa/Douala Yaoundé
CN Asia/Shanghai Beijing
CO America/Bogota Bogotá
CR America/Costa_Rica San José
CU America/Havana Havana
CV Atlantic/Cape_Verde Praia
CW America/Curacao Willemstad
CX Indian/Christmas Flying Fish Cove
CY Asia/Nicosia Nicosia
CZ Europe/Prague Prague
DE Europe/Berlin Berlin
DJ Africa/Djibouti Djibouti
DK Europe/Copenhagen Copenhagen
DM America/Dominica Roseau
DO America/Santo_Domingo Santo Domingo
DZ Africa/Algiers Algiers
EC America/Guayaquil Quito
EE Europe/Tallinn Tallinn
EG Africa/Cairo Cairo
EH Africa/El_Aaiun El Aaiún
ER Africa/Asmara Asmara
ES Europe/Madrid Madrid
ET Africa/Addis_Ababa Addis Ababa
FI Europe/Helsinki Helsinki
FJ Pacific/Fiji Suva
FK Atlantic/Stanley Stanley
FM Pacific/Pohnpei Palikir
FO Atlantic/Faroe Tórshavn
FR Europe/Paris Paris
GA Africa/Libreville Libreville
GB Europe/London London
GD America/Grenada St. George’s
GE Asia/Tbilisi Tbilisi
GF America/Cayenne Cayenne
GG Europe/Guernsey St. Peter Port
GH Africa/Accra Accra
GI Europe/Gibraltar Gibraltar
GL America/Nuuk Nuuk
GM Africa/Banjul Banjul
GN Africa/Conakry Conakry
GP America/Guadeloupe Basse-Terre
GQ Africa/Malabo Malabo
GR Europe/Athens Athens
GS Atlantic/South_Georgia King Edward Point
GT America/Guatemala Guatemala City
GU Pacific/Guam Hagåtña
GW Africa/Bissau Bissau
GY America/Guyana Georgetown
HK Asia/Hong_Kong Hong Kong
HM Etc/GMT-5 Heard Island
HN America/Tegucigalpa Tegucigalpa
HR Europe/Zagreb Zagreb
HT America/Port-au-Prince Port-au-Prince
HU Europe/Budapest Budapest
ID Asia/Jakarta Jakarta
IE Europe/Dublin Dublin
IL Asia/Jerusalem Jerusalem
IM Europe/Isle_of_Man Douglas
IN Asia/Kolkata New Delhi
IO Indian/Chagos Diego Garcia
IQ Asia/Baghdad Baghdad
IR Asia/Tehran Tehran
IS Atlantic/Reykjavik Reykjavík
IT Europe/Rome Rome
JE Europe/Jersey St. Helier
JM America/Jamaica Kingston
JO Asia/Amman Amman
JP Asia/Tokyo Tokyo
KE Africa/Nairobi Nairobi
KG Asia/Bishkek Bishkek
KH Asia/Phnom_Penh Phnom Penh
KI Pacific/Tarawa South Tarawa
KM Indian/Comoro Moroni
KN America/St_Kitts Basseterre
KP Asia/Pyongyang Pyongyang
KR Asia/Seoul Seoul
KW Asia/Kuwait Kuwait City
KY America/Cayman George Town
KZ Asia/Almaty Astana
LA Asia/Vientiane Vientiane
LB Asia/Beirut Beirut
LC America/St_Lucia Castries
LI Europe/Vaduz Vaduz
LK Asia/Colombo Colombo
LR Africa/Monrovia Monrovia
LS Africa/Maseru Maseru
LT Europe/Vilnius Vilnius
LU Europe/Luxembourg Luxembourg
LV Europe/Riga Riga
LY Africa/Tripoli Tripoli
MA Africa/Casablanca Rabat
MC Europe/Monaco Monaco
MD Europe/Chisinau Chișinău
ME Europe/Podgorica Podgorica
MF America/Marigot Marigot
MG Indian/Antananarivo Antananarivo
MH Pacific/Majuro Majuro
MK Europe/Skopje Skopje
ML Africa/Bamako Bamako
MM Asia/Yangon Naypyidaw
MN Asia/Ulaanbaatar Ulaanbaatar
MO Asia/Macau Macao
MP Pacific/Saipan Saipan
MQ America/Martinique Fort-de-France
MR Africa/Nouakchott Nouakchott
MS America/Montserrat Brades
MT Europe/Malta Valletta
MU Indian/Mauritius Port Louis
MV Indian/Maldives Malé
MW Africa/Blantyre Lilongwe
MX America/Mexico_City Mexico City
MY Asia/Kuala_Lumpur Kuala Lumpur
MZ Africa/Maputo Maputo
NA Africa/Windhoek Windhoek
NC Pacific/Noumea Nouméa
NE Africa/Niamey Niamey
NF Pacific/Norfolk Kingston
NG Africa/Lagos Abuja
NI America/Managua Managua
NL Europe/Amsterdam Amsterdam
NO Europe/Oslo Oslo
NP Asia/Kathmandu Kathmandu
NR Pacific/Nauru Yaren
NU Pacific/Niue Alofi
NZ Pacific/Auckland Wellington
OM Asia/Muscat Muscat
PA America/Panama Panama City
PE America/Lima Lima
PF Pacific/Tahiti Papeete
PG Pacific/Port_Moresby Port Moresby
PH Asia/Manila Manila
PK Asia/Karachi Islamabad
PL Europe/Warsaw Warsaw
PM America/Miquelon Saint-Pierre
PN Pacific/Pitcairn Adamstown
PR America/Puerto_Rico San Juan
PS Asia/Hebron Ramallah
PT Europe/Lisbon Lisbon
PW Pacific/Palau Ngerulmud
PY America/Asuncion Asunción
QA Asia/Qatar Doha
RE Indian/Reunion Saint-Denis
RO Europe/Bucharest Bucharest
RS Europe/Belgrade Belgrade
RU Europe/Moscow Moscow
RW Africa/Kigali Kigali
SA Asia/Riyadh Riyadh
SB Pacific/Guadalcanal Honiara
SC Indian/Mahe Victoria
SD Africa/Khartoum Khartoum
SE Europe/Stockholm Stockholm
SG Asia/Singapore Singapore
SH Atlantic/St_Helena Jamestown
SI Europe/Ljubljana Ljubljana
SJ Arctic/Longyearbyen Longyearbyen
SK Europe/Bratislava Bratislava
SL Africa/Freetown Freetown
SM Europe/San_Marino San Marino
SN Africa/Dakar Dakar
SO Africa/Mogadishu Mogadishu
SR America/Paramaribo Paramaribo
SS Africa/Juba Juba
ST Africa/Sao_Tome São Tomé
SV America/El_Salvador San Salvador
SX America/Lower_Princes Philipsburg
SY Asia/Damascus Damascus
SZ Africa/Mbabane Mbabane
TC America/Grand_Turk Cockburn Town
TD Africa/Ndjamena N’Djamena
TF Indian/Kerguelen Port-aux-Français
TG Africa/Lome Lomé
TH Asia/Bangkok Bangkok
TJ Asia/Dushanbe Dushanbe
TK Pacific/Fakaofo Fakaofo
TL Asia/Dili Dili
TM Asia/Ashgabat Ashgabat
TN Africa/Tunis Tunis
TO Pacific/Tongatapu Nukuʻalofa
TR Europe/Istanbul Ankara
TT America/Port_of_Spain Port of Spain
TV Pacific/Funafuti Funafuti
TW Asia/Taipei Taipei
TZ Africa/Dar_es_Salaam Dodoma
UA Europe/Kyiv Kyiv
UG Africa/Kampala Kampala
UM Pacific/Wake Wake Island
US America/New_York Washington
UY America/Montevideo Montevideo
UZ Asia/Tashkent Tashkent
VA Europe/Vatican Vatican City
VC America/St_Vincent Kingstown
VE America/Caracas Caracas
VG America/Tortola Road Town
VI America/St_Thomas Charlotte Amalie
VN Asia/Ho_Chi_Minh Hanoi
VU Pacific/Efate Port Vila
WF Pacific/Wallis Mata-Utu
WS Pacific/Apia Apia
YE Asia/Aden Sana’a
YT Indian/Mayotte Mamoudzou
ZA Africa/Johannesburg Pretoria
ZM Africa/Lusaka Lusaka
ZW Africa/Harare Harare
"""


def _read(table: str) -> dict[str, Place]:
    rows = (line.split(" ", 2) for line in table.strip().splitlines())
    return {code: Place(capital, zone) for code, zone, capital in rows}


CAPITALS: dict[str, Place] = _read(_TABLE)
"""ISO 3166-1 alpha-2 code to capital and zone; its keys are the codes in force."""
