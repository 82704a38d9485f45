import type { VerdictWords } from './words.js';

export const ko: VerdictWords = {
  conclusions: {
    proven: '증명됨: 기록이 온전하고, 그 안의 모든 것이 규칙을 지켰습니다.',
    violated: '위반: 규칙을 어긴 것이 있습니다.',
    'not-proven': '증명되지 않음: 어긴 규칙은 없지만, 모두 지켰다는 증명은 되지 않습니다.',
  },
  provenSoFar: '지금까지 증명됨: 기록이 온전하고 모든 것이 규칙을 지켰습니다. 행사는 아직 진행 중입니다.',
  reasons: {
    'campaign-not-in-the-log': '기록에 이 행사의 항목이 없습니다.',
    'campaign-unproven': '기록이 시작되기 전에 이미 신청을 받은 행사라서, 순서가 기록에 없습니다.',
    'campaign-stopped':
      '이 행사의 기록이 중단되었습니다. 운영자의 자료가 규칙에 어긋났거나 열쇠가 없어졌습니다.',
    'not-signed': '체크포인트에 기록의 열쇠로 한 서명이 없습니다.',
    'too-few-witnesses': '체크포인트에 함께 서명한 증인이 정책이 요구하는 수보다 적습니다.',
    'not-stamped': '지정한 기관의 타임스탬프가 없습니다.',
    'not-compared':
      '가져온 체크포인트를 비교할 수 없었습니다. 기록이 서명하지 않았거나, 그 크기가 항목별로 보이는 범위 밖에 있습니다. 전체 기록을 확인하세요.',
    'another-list': '가져온 명단은 조건이 약속한 명단이 아닙니다. 도중에 바뀌었을 수 있으니 다시 받으세요.',
    'no-such-list': '행사의 조건이 약속한 명단이 없어서, 가져온 명단은 아무것도 보여 주지 않습니다.',
    'receipt-shows-nothing': '이 영수증은 이 기록에 대해 아무것도 보여 주지 않습니다.',
  },
  notes: {
    'still-running': '아직 지급될 사람이 있을 수 있습니다. 끝난 뒤에 다시 확인하세요.',
    'key-from-the-source': '기록의 열쇠를 확인 대상에서 가져왔습니다. 다른 곳에서 받은 열쇠와 비교하세요.',
    'policy-from-the-source': '어느 증인을 인정할지는 운영자가 정했습니다. 자신의 정책으로도 확인해 보세요.',
    'no-witnesses':
      '함께 서명한 증인이 없습니다. 모두에게 같은 기록을 보여 준다는 것은 이것만으로 알 수 없습니다.',
    'list-not-checked':
      '조건이 신청 자격 명단을 약속합니다. 신청한 사람이 모두 명단에 있는지 보려면 그 명단도 함께 확인하세요.',
    'stamps-not-checked':
      '확인하지 않은 타임스탬프가 있습니다. 지정한 인증서로 “npm run verify”가 확인합니다.',
  },
  rules: {
    'malformed-leaf': '형식에 맞지 않는 항목이 있습니다.',
    'root-differs': '체크포인트가 서명한 항목들이 아닙니다. 무언가 바뀌거나, 더해지거나, 빠졌습니다.',
    'signature-wrong': '기록의 이름으로 된 서명이 맞지 않습니다.',
    'cosignature-wrong': '증인의 이름으로 된 서명이 맞지 않습니다.',
    'stamp-wrong': '타임스탬프가 맞지 않거나 다른 것에 찍혔습니다.',
    'two-histories':
      '서로 이어지지 않는 두 기록에 서명했습니다. 두 사람에게 서로 다른 역사를 보여 주었습니다.',
    'hidden-range': '행사의 조건과 끝 사이에 보이지 않는 항목이 있습니다.',
    'log-first': '기록이 자기 항목으로 시작하지 않습니다.',
    'terms-first': '행사가 조건으로 시작하지 않습니다.',
    'terms-once': '행사의 조건이 다시 쓰였습니다.',
    'unproven-alone': '증명되지 않는다고 한 행사에 다른 항목이 있습니다.',
    'nothing-after-stopped': '행사의 기록이 중단된 뒤에 항목이 이어집니다.',
    'nothing-after-end': '행사가 끝난 뒤에 항목이 이어집니다.',
    'broken-promise':
      '운영자의 데이터베이스가 과거로 되돌려져, 그 뒤로 기록에 적힌 내용이 더는 유효하지 않습니다.',
    'restored-range': '되돌렸다고 한 번호가 기록의 마지막 번호들이 아닙니다.',
    'epoch-rises': '다시 만든 관문의 번호가 이전보다 크지 않습니다.',
    'first-epoch': '첫 관문이 이미 신청을 알고 있었습니다.',
    'epoch-bound': '다시 만든 관문이 실제보다 적은 신청을 알고 있었습니다.',
    'lost-range': '잃어버리지 않은 도착 번호를 잃었다고 했습니다.',
    'arrivals-in-order': '도착 번호가 다음 번호가 아닙니다. 누군가 빠지거나, 더해지거나, 옮겨졌습니다.',
    'claim-epoch': '신청이 번호를 준 관문과 다른 관문을 적었습니다.',
    'once-a-person': '같은 사람이 두 번 신청했습니다.',
    'claimant-not-on-the-list': '조건이 약속한 명단에 없는 사람이 신청했습니다.',
    'claims-allowed': '일시 중지되거나 마감된 동안 누군가 들어왔습니다.',
    'slot-is-free': '다른 사람이 가진 자리를 주었습니다.',
    'slot-exists': '행사에 없는 자리를 주었습니다.',
    'nobody-overtakes': '기다리는 사람이 있는데 새로 온 사람이 자리를 받았습니다.',
    'line-has-room': '대기줄이 가득 찼는데 누군가 들어갔습니다.',
    'full-in-place': '가득 차지 않은 곳에 “가득 참”이 있습니다.',
    'full-is-said': '이 신청 뒤에 모두 찼는데 기록에 없습니다.',
    'promote-waits': '기다리지 않던 사람이 자리를 받았습니다.',
    'promote-in-order': '먼저 온 사람을 앞질러 자리를 받았습니다.',
    'paid-holds-the-slot': '가지지 않은 자리로 지급받았습니다.',
    'paid-once': '한 사람이 두 번 지급받았습니다.',
    'more-than-capacity': '자리 수보다 많은 사람이 지급받았습니다.',
    'failed-holds-the-slot': '자리를 미지급 상태로 가지지 않은 사람의 지급이 실패했다고 했습니다.',
    'revoked-holds-the-slot': '자리를 미지급 상태로 가지지 않은 사람의 자리를 취소했습니다.',
    'reversed-was-paid': '이 자리로 지급받지 않은 사람에게서 돈이 돌아왔다고 했습니다.',
    'reversed-once': '한 사람에게서 돈이 두 번 돌아왔습니다.',
    'regrant-by-the-terms': '조건에 없는데, 돌아온 돈의 자리를 다른 사람에게 넘겼습니다.',
    'left-waits': '대기줄에 없던 사람이 줄을 떠났습니다.',
    'ended-waits': '기다리지 않던 사람의 대기가 끝났습니다.',
    'ended-too-early': '아직 자리가 날 수 있는데 대기를 끝냈습니다.',
    'revision-rises': '행사 변경의 번호가 이전보다 크지 않습니다.',
    'closed-is-final': '마감된 행사가 다시 열렸습니다.',
    'state-in-place': '행사의 변경이 실제로 적용된 곳과 다른 곳에 있습니다.',
    'end-with-nobody-open': '미지급 자리나 기다리는 사람이 남았는데 행사가 끝났습니다.',
    'end-when-over': '자리가 남아 있고 아무도 닫지 않았는데 행사가 끝났습니다.',
    'end-counts': '끝에 적힌 수가 항목들의 수와 다릅니다.',
    'end-turned-nobody-away': '자리가 남았는데 기다리던 사람들이 받지 못했습니다.',
  },
  remarks: {
    'claim-before-opening': '첫 신청의 시각이 시작 전입니다.',
    'claim-times-fall':
      '신청의 시각이 앞 신청보다 이릅니다. 순서는 도착 번호를 따릅니다. 시계를 고쳤을 수 있습니다.',
    'terms-after-opening': '조건이 시작된 뒤에 공개되었습니다.',
    'time-after-it-was-seen':
      '다른 이가 이미 본 항목에 더 늦은 시각이 적혀 있습니다. 시계나 시각이 잘못되었습니다.',
    'claim-logged-late':
      '기록된 때보다 훨씬 이른 시각의 신청입니다. 늦게 기록되었거나 시각이 잘못되었습니다.',
  },
  receipts: {
    'in-the-log': '영수증이 기록에 있습니다.',
    'not-yet-due':
      '신청이 아직 기록에 없지만, 기록이 스스로 정한 시한으로는 아직 늦은 것이 아닙니다. 몇 분 뒤에 다시 확인하세요. 그래도 같으면 새 증명을 받으세요. 오래된 증명으로는 약속을 어겼는지 알 수 없습니다.',
    'newer-than-the-log':
      '영수증이 이 기록 사본보다 새것이고, 사본에 있는 데까지는 서로 맞습니다. 사본을 다시 받아 확인하세요.',
    'sold-out-agrees': '“마감”과 기록이 맞습니다. 그 뒤로 새로 난 자리보다 많이 들어온 사람이 없습니다.',
    'on-the-list': '조건이 약속한 신청 자격 명단에 있습니다.',
    'not-in-the-log':
      '약속받은 신청이 기록에 없습니다. 이 영수증을 보관하세요. 운영자가 약속을 어겼다는 증거입니다.',
    'logged-otherwise':
      '약속받은 것과 다르게 기록되었습니다. 이 영수증을 보관하세요. 운영자가 약속을 어겼다는 증거입니다.',
    'sold-out-contradicted':
      '“마감”이라고 했는데, 그 뒤로 새로 난 자리보다 많은 사람이 들어왔습니다. 이 영수증을 보관하세요. 그 증거입니다.',
    'sold-out-too-early':
      '온 사람이 자리보다 적었는데 “마감”이라고 했습니다. 이 영수증을 보관하세요. 그 증거입니다.',
    'somebody-else': '다른 사람의 영수증입니다. 여는 값이 맞지 않습니다.',
    'not-signed':
      '여기 보이는 열쇠로 서명된 영수증이 아닙니다. 행사의 증명에는 모든 열쇠가 보이지 않을 수 있으니, 주소로 기록 전체를 확인하세요.',
    'not-whole':
      '기록이 준 영수증 그대로가 아닙니다. 이 번호의 항목이 빠졌거나 다른 것이 들어 있습니다. 다시 받으세요.',
    'not-on-the-list':
      '신청 자격 명단에 이 값으로 열리는 항목이 없습니다. 다른 사람의 것이거나, 명단에 없는 사람입니다.',
    'list-not-brought':
      '조건까지 이어지는 경로가 없어, 명단에 있는지는 명단에서만 알 수 있습니다. 조건이 약속한 명단도 함께 고르세요.',
    'path-leads-elsewhere':
      '이 경로는 조건이 약속한 명단으로 이어지지 않습니다. 바뀌었거나, 다른 사람의 것이거나, 다른 명단의 것입니다. 다시 받으세요.',
    'terms-without-list':
      '행사의 조건이 약속한 신청 자격 명단이 없어, 명단에 있다는 것으로는 아무것도 알 수 없습니다.',
  },
  allOnTheList: (people) => `신청한 사람은 모두 조건이 약속한 ${people}명의 명단에 있습니다.`,
  otherCampaign: (campaign) =>
    `다른 행사(${campaign})의 영수증이라 여기서는 찾지 않았습니다. 그 행사의 증명과 함께 확인하세요.`,
  misplaced: {
    'proof-as-receipt':
      '영수증 자리에 고른 파일은 행사의 증명입니다. 증명 자리에 고르세요. 영수증은 신청할 때 받은 것입니다.',
    'receipt-as-proof':
      '증명 자리에 고른 파일은 영수증입니다. 영수증 자리에 고르세요. 증명은 주최자가 행사마다 공개하는 파일입니다.',
  },
  statuses: {
    waiting: '대기 중입니다',
    holding: '자리를 가졌고, 아직 지급되지 않았습니다',
    paid: '지급되었습니다',
    kept: '지급되었고, 나중에 돈이 돌아왔습니다',
    failed: '지급이 실패하거나 취소되었고, 이유는 기록에 있습니다',
    regranted: '지급되었으나 돈이 돌아와 자리가 넘어갔습니다',
    left: '대기줄을 떠났습니다',
    ended: '끝까지 기다렸지만 차례가 오지 않았습니다',
    restored: '데이터베이스가 되돌려져 신청이 사라졌습니다',
  },
  inTheLogAt: (place, became) => `영수증이 기록에 있습니다. 도착 순서 ${place}번: ${became}.`,
  log: (origin, leaves) => `기록 ${origin}, 항목 ${leaves}개`,
  cosignedBy: (name, time) => `증인 ${name}, ${time}에 함께 서명`,
  stampedBy: (authority, time, leaves) => `처음 항목 ${leaves}개에 ${authority}의 타임스탬프, ${time}`,
  counts: ({ capacity, arrivals, paid, failed, left, ended, holding, waiting }) =>
    `자리 ${capacity}개. ${arrivals}명 도착: 지급 ${paid}, 실패 ${failed}, 줄을 떠남 ${left}, ` +
    `끝까지 대기 ${ended}, 자리 보유 ${holding}, 대기 ${waiting}`,
  failed: '미지급',
  failures: {
    'wallet-closed': '닫힌 지갑',
    'rejected-by-provider': '지급 업체가 거절',
    'rejected-by-operator': '운영자가 거절',
    revoked: '운영자가 취소',
    regranted: '돈이 돌아와 넘김',
  },
  lost: (count) =>
    `도착 번호 ${count}개를 잃었다고 합니다. 아무에게도 알리지 않은 번호입니다. 그 번호를 약속받은 사람은 아니라는 것을 보일 수 있습니다.`,
  leaf: (index) => `항목 ${index}`,
  expected: (expected, found) => `기대: ${expected}, 실제: ${found}`,
  more: (count) => `그 밖에 ${count}건`,
};
