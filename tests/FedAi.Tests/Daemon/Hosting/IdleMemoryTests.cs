using FedAi.Daemon.Hosting;

namespace FedAi.Tests.Daemon.Hosting;

public sealed class IdleMemoryTests
{
    private const long Mb = 1 << 20;

    [Theory]
    [InlineData(8 * Mb, 8 * Mb, 3 * Mb, false, "it has just started, or is at work")]
    [InlineData(Mb / 2, 8 * Mb, 3 * Mb, true, "the start is over")]
    [InlineData(Mb / 2, Mb / 2, 3 * Mb, false, "it has been resting since the last one")]
    [InlineData(Mb / 2, 4 * Mb, 100 * Mb, false, "little for so large a heap")]
    [InlineData(Mb / 2, 40 * Mb, 100 * Mb, true, "enough for so large a heap")]
    [InlineData(0, 2 * Mb, 3 * Mb, true, "nothing at all happens")]
    public void IsDue_WhenItRestsAndHasSomethingToGive(long sinceLook, long sinceCollection, long heap, bool due, string why) =>
        IdleMemory.IsDue(sinceLook, sinceCollection, heap).ShouldBe(due, why);
}
