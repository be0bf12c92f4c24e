using FedAi.Protocol.Messages;

namespace FedAi.Daemon.OpenAi;

/// <summary>
/// The header <c>x-fedai-privacy</c> (DECISIONS E10). Answers travel in clear to whoever serves them so far, which is PL0; a
/// client that asks for more is refused, because it must never believe that it got it.
/// </summary>
internal static class PrivacyHeader
{
    private const string Name = "x-fedai-privacy";

    public static OpenAiError? Problem(IHeaderDictionary headers) =>
        !headers.TryGetValue(Name, out var level) || level == nameof(PrivacyLevel.PL0)
            ? null
            : OpenAiErrors.From(new Refusal(ErrorCode.UnsupportedParameter, $"{Name} takes only PL0 so far: nothing is sealed to the node yet. Leave the header out if that will do."), Name);
}
