using FedAi.Runners.Sandbox;

namespace FedAi.Tests.Runners.Sandbox;

public sealed class DenialRulesTests
{
    [Theory]
    [InlineData(IsolationLevel.Bubblewrap, 0, true, "")]
    [InlineData(IsolationLevel.Landlock, 7, true, "")]
    [InlineData(IsolationLevel.Landlock, 2, true, "changing files")]
    [InlineData(IsolationLevel.Unshare, 0, true, "reading files, changing files")]
    [InlineData(IsolationLevel.Rlimits, 7, true, "reading files, changing files")]
    [InlineData(IsolationLevel.Bubblewrap, 0, false, "starting programs, unlimited memory")]
    [InlineData(IsolationLevel.None, 0, false, "network, reading files, changing files, starting programs, signalling processes, tracing processes, unlimited memory")]
    public void NotDenied_IsWhatNeitherPartDenies(IsolationLevel level, int landlockAbi, bool locked, string left) =>
        string.Join(", ", DenialRules.NotDenied(DenialRules.Outer(level, landlockAbi) | DenialRules.Inner(locked))).ShouldBe(left);
}
