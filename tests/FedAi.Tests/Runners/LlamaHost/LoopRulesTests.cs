using FedAi.LlamaHost;

namespace FedAi.Tests.Runners.LlamaHost;

public sealed class LoopRulesTests
{
    [Theory]
    [InlineData(64, 10, 128)]   // quick: larger pieces
    [InlineData(512, 10, 512)]  // never more than a batch
    [InlineData(64, 100, 64)]   // right
    [InlineData(64, 300, 32)]   // slow: running answers would stutter
    [InlineData(16, 9000, 16)]  // never so little that reading takes for ever
    public void NextChunk_FollowsHowLongAStepTook(int chunk, int stepMs, int next) =>
        LoopRules.NextChunk(chunk, 512, TimeSpan.FromMilliseconds(stepMs)).ShouldBe(next);

    [Theory]
    [InlineData(0, 5000, true)]     // a slow model: every token at once
    [InlineData(0, 200, false)]     // a fast one: there is time for more
    [InlineData(1700, 200, false)]
    [InlineData(1900, 200, true)]   // the next step would end too late
    [InlineData(2500, 0, true)]
    public void IsTimeToFlush_TextNeverWaitsMoreThanTwoMilliseconds(int sinceFlushUs, int stepUs, bool flush) =>
        LoopRules.IsTimeToFlush(TimeSpan.FromMicroseconds(sinceFlushUs), TimeSpan.FromMicroseconds(stepUs)).ShouldBe(flush);
}
