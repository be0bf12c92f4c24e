using FedAi.LlamaHost;

namespace FedAi.Tests.Runners.LlamaHost;

public sealed class LoopRulesTests
{
    [Theory]
    [InlineData(64, 10, 0, 128)]     // quick: larger pieces
    [InlineData(512, 10, 0, 512)]    // never more than a batch
    [InlineData(64, 100, 0, 64)]     // right
    [InlineData(64, 400, 0, 32)]     // slow: running answers would stutter
    [InlineData(64, 6400, 0, 2)]     // very slow: at once as little as fits into a step
    [InlineData(16, 9000, 0, 1)]
    [InlineData(1, 9000, 0, 1)]
    [InlineData(1, 1150, 1150, 2)]   // one token takes that long: more of them cost little
    [InlineData(8, 2200, 1150, 8)]   // not more than twice as long
    [InlineData(16, 4600, 1150, 8)]
    public void NextChunk_FollowsHowLongAStepTook(int chunk, int stepMs, int aloneMs, int next) =>
        LoopRules.NextChunk(chunk, 512, TimeSpan.FromMilliseconds(stepMs), TimeSpan.FromMilliseconds(aloneMs)).ShouldBe(next);

    [Theory]
    [InlineData(1, 1)]
    [InlineData(1, 30)]       // its weights are read quickly, each token takes long
    [InlineData(50, 12)]
    [InlineData(180, 40)]
    [InlineData(1000, 150)]   // a model far too large for its processor
    [InlineData(3000, 1)]
    public void NextChunk_LongPrompt_StepsStayShortAndReadingEnds(int weightsMs, int tokenMs)
    {
        var (chunk, alone, all) = (LoopRules.FirstChunk, TimeSpan.Zero, TimeSpan.Zero);
        var limit = Math.Max(200, 2 * (weightsMs + tokenMs));
        for (var (read, steps) = (0, 0); read < 2000; read += chunk, steps++)
        {
            var step = TimeSpan.FromMilliseconds(weightsMs + tokenMs * chunk);
            // The first step is a guess; what is found out from it holds.
            if (steps > 0) step.TotalMilliseconds.ShouldBeLessThanOrEqualTo(limit * 1.25);
            all += step;
            if (chunk == 1) alone = step;
            chunk = LoopRules.NextChunk(chunk, 512, step, alone);
        }

        all.TotalMilliseconds.ShouldBeLessThan(3 * 2000 * (tokenMs + weightsMs / 64.0) + (10 * limit));
    }

    [Theory]
    [InlineData(0, 5000, true)]     // a slow model: every token at once
    [InlineData(0, 200, false)]     // a fast one: there is time for more
    [InlineData(1700, 200, false)]
    [InlineData(1900, 200, true)]   // the next step would end too late
    [InlineData(2500, 0, true)]
    public void IsTimeToFlush_TextNeverWaitsMoreThanTwoMilliseconds(int sinceFlushUs, int stepUs, bool flush) =>
        LoopRules.IsTimeToFlush(TimeSpan.FromMicroseconds(sinceFlushUs), TimeSpan.FromMicroseconds(stepUs)).ShouldBe(flush);
}
