import type { ReceiptWords } from './words.js';

export const ko: ReceiptWords = {
  title: '내 영수증',
  place: (arrivalNo) => `${arrivalNo}번째로 도착했다는 증거예요. 저장해 두면 아무도 부정할 수 없어요.`,
  soldOut: '마감 안내를 받았다는 증거예요. 빈자리보다 많이 들어가면 드러나니 저장해 두세요.',
  notYet: '아직 공개 기록에 없어요. 1~2분쯤 걸려요.',
  recorded: (place) => `공개 기록 ${place}번에 있어요.`,
  save: '영수증 저장',
  proof: '공개 기록 받기',
  check: '확인 페이지',
  how: (page) => [page, '에서 두 파일을 열어 직접 확인해 보세요.'],
};
