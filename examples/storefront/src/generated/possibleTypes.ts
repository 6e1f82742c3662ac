
      export type PossibleTypesResultData = {
  "possibleTypes": {
    "Restriction": [
      "EarnRestriction",
      "IssualRestriction",
      "RedemptionRestriction"
    ]
  }
};
      const result: PossibleTypesResultData = {
  "possibleTypes": {
    "Restriction": [
      "EarnRestriction",
      "IssualRestriction",
      "RedemptionRestriction"
    ]
  }
};
      export default result;
    