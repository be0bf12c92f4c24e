using FedAi.Runners.Sandbox;

namespace FedAi.Tests.Runners.Sandbox;

public sealed class DenialRulesTests
{
    [Theory]
    [InlineData(IsolationLevel.Bubblewrap, 0, true, false, false, "")]
    [InlineData(IsolationLevel.Bubblewrap, 0, true, true, false, "endless threads")]
    [InlineData(IsolationLevel.Bubblewrap, 0, true, false, true, "unlimited memory")]
    [InlineData(IsolationLevel.Landlock, 7, true, false, false, "")]
    [InlineData(IsolationLevel.Landlock, 2, true, false, false, "changing files")]
    [InlineData(IsolationLevel.Unshare, 0, true, false, false, "reading files, changing files, unlimited memory")]
    [InlineData(IsolationLevel.Rlimits, 7, true, false, false, "reading files, changing files, looking into processes, unlimited memory")]
    [InlineData(IsolationLevel.Bubblewrap, 0, false, false, false, "starting programs, unlimited memory, endless threads")]
    [InlineData(IsolationLevel.None, 0, false, false, false, "network, reading files, changing files, starting programs, disturbing processes, looking into processes, unlimited memory, endless threads")]
    public void NotDenied_IsWhatNeitherPartDenies(IsolationLevel level, int landlockAbi, bool locked, bool isRoot, bool onGpu, string left) =>
        string.Join(", ", DenialRules.NotDenied(DenialRules.Whole(DenialRules.Outer(level, landlockAbi), locked, isRoot, onGpu))).ShouldBe(left);
}
