using System.Globalization;
using FedAi.Daemon.Accounts;

namespace FedAi.Daemon.OpenAi;

/// <summary>What a key may still do, in the headers that OpenAI's clients read.</summary>
internal static class RateLimitHeaders
{
    public static void Write(IHeaderDictionary headers, in ApiAllowance allowance)
    {
        headers["x-ratelimit-limit-requests"] = Text(allowance.Requests);
        headers["x-ratelimit-remaining-requests"] = Text(allowance.RequestsLeft);
        headers["x-ratelimit-reset-requests"] = RateRules.Text(allowance.RequestsReset);
        if (allowance is not { Tokens: { } tokens, TokensLeft: { } left }) return;
        headers["x-ratelimit-limit-tokens"] = Text(tokens);
        headers["x-ratelimit-remaining-tokens"] = Text(left);
        if (allowance.TokensReset is { } reset) headers["x-ratelimit-reset-tokens"] = RateRules.Text(reset);
    }

    private static string Text(long value) => value.ToString(CultureInfo.InvariantCulture);
}
