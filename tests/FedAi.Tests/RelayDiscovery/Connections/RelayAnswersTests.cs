using FedAi.RelayDiscovery.Connections;

namespace FedAi.Tests.RelayDiscovery.Connections;

public sealed class RelayAnswersTests
{
    [Theory]
    [InlineData(true, "", RelayVerdict.Accepted, RelayReaction.None)]
    [InlineData(true, "thanks", RelayVerdict.Accepted, RelayReaction.None)]
    [InlineData(true, "duplicate: have it", RelayVerdict.Duplicate, RelayReaction.None)]
    [InlineData(false, "duplicate: have it", RelayVerdict.Duplicate, RelayReaction.None)]
    [InlineData(false, "mute: no one was listening", RelayVerdict.Muted, RelayReaction.None)]
    [InlineData(true, "mute: no one was listening", RelayVerdict.Muted, RelayReaction.None)]
    [InlineData(false, "rate-limited: slow down", RelayVerdict.RateLimited, RelayReaction.TryLater)]
    [InlineData(false, "error: disk full", RelayVerdict.Refused, RelayReaction.TryLater)]
    [InlineData(false, "", RelayVerdict.Refused, RelayReaction.TryLater)]
    [InlineData(false, ": no prefix", RelayVerdict.Refused, RelayReaction.TryLater)]
    [InlineData(false, "auth-required: who are you", RelayVerdict.AuthRequired, RelayReaction.Authenticate)]
    [InlineData(false, "blocked: you", RelayVerdict.Blocked, RelayReaction.Demote)]
    [InlineData(false, "restricted: members only", RelayVerdict.Blocked, RelayReaction.Demote)]
    [InlineData(false, "pow: 20 bits needed", RelayVerdict.ProofOfWork, RelayReaction.Demote)]
    [InlineData(false, "invalid: bad signature", RelayVerdict.Invalid, RelayReaction.GiveUp)]
    public void OfOk_EveryPrefix_SaysWhatToDo(bool accepted, string message, RelayVerdict verdict, RelayReaction reaction)
    {
        RelayAnswers.OfOk(accepted, message).ShouldBe(verdict);
        RelayAnswers.ReactionTo(verdict).ShouldBe(reaction);
    }

    [Theory]
    [InlineData("auth-required: who are you", RelayReaction.Authenticate)]
    [InlineData("rate-limited: slow down", RelayReaction.TryLater)]
    [InlineData("error: shutting down idle subscription", RelayReaction.TryLater)]
    [InlineData("", RelayReaction.TryLater)]
    [InlineData("restricted: not for you", RelayReaction.Demote)]
    [InlineData("unsupported: filter contains unknown elements", RelayReaction.GiveUp)]
    [InlineData("invalid: authors must be hex", RelayReaction.GiveUp)]
    public void OfClosed_EveryPrefix_SaysWhatToDo(string message, RelayReaction reaction) =>
        RelayAnswers.ReactionTo(RelayAnswers.OfClosed(message)).ShouldBe(reaction);

    [Theory]
    [InlineData(RelayVerdict.Unfit, RelayReaction.GiveUp)]
    [InlineData(RelayVerdict.TimedOut, RelayReaction.TryLater)]
    [InlineData(RelayVerdict.NotConnected, RelayReaction.TryLater)]
    [InlineData(RelayVerdict.Held, RelayReaction.TryLater)]
    public void ReactionTo_NoAnswer_IsToTryLaterUnlessItCannotWork(RelayVerdict verdict, RelayReaction reaction) =>
        RelayAnswers.ReactionTo(verdict).ShouldBe(reaction);
}
