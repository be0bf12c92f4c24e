using System.Diagnostics.CodeAnalysis;
using FedAi.Protocol.Messages;

namespace FedAi.Daemon.OpenAi;

/// <summary>
/// The header <c>x-fedai-privacy</c> (DECISIONS E10): who may see this request; without it the operator's api.privacy says. A level that cannot be kept here is
/// refused, because a client must never believe that it got it.
/// </summary>
internal static class PrivacyHeader
{
    public const string Name = "x-fedai-privacy";

    /// <summary>Reads the level; <paramref name="without"/> is that of a request that says none, <paramref name="most"/> what this address can keep.</summary>
    public static bool TryRead(IHeaderDictionary headers, PrivacyLevel without, PrivacyLevel most, out PrivacyLevel level, [NotNullWhen(false)] out OpenAiError? problem)
    {
        (level, problem) = (without, null);
        if (headers.TryGetValue(Name, out var text))
        {
            PrivacyLevel? named = text.ToString() switch
            {
                nameof(PrivacyLevel.PL0) => PrivacyLevel.PL0,
                nameof(PrivacyLevel.PL1) => PrivacyLevel.PL1,
                nameof(PrivacyLevel.PL2) => PrivacyLevel.PL2,
                nameof(PrivacyLevel.PL3) => PrivacyLevel.PL3,
                _ => null,
            };
            if (named is null) problem = Refuse($"{Name} is PL0 (anything), PL1 (TLS on every hop), PL2 (only a node that you trust can read it) or PL3 (only your own nodes).");
            level = named ?? without;
        }

        if (problem is null && level > most) problem = Refuse($"{Name}: {level} cannot be had here, because this router can read what you send it. Run a gateway on your own machine (fedai gateway --relay URL), which seals the request before it leaves, and use http://127.0.0.1:8484/v1.");
        return problem is null;
    }

    private static OpenAiError Refuse(string hint) => OpenAiErrors.From(new Refusal(ErrorCode.UnsupportedParameter, hint), Name);
}
