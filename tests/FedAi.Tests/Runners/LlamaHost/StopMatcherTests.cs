using FedAi.LlamaHost;

namespace FedAi.Tests.Runners.LlamaHost;

public sealed class StopMatcherTests
{
    /// <summary>What every way of cutting the text must give: read letter by letter, and end as soon as it ends with a stop string.</summary>
    private static string Oracle(string text, string[] stops)
    {
        for (var end = 1; end <= text.Length; end++)
            if (stops.Where(stop => text[..end].EndsWith(stop, StringComparison.Ordinal)).MaxBy(stop => stop.Length) is { } longest)
                return text[..(end - longest.Length)];
        return text;
    }

    [Fact]
    public void Push_RandomTextsCutAnywhere_GivesWhatTheWholeTextGives()
    {
        var random = new Random(1);
        for (var round = 0; round < 20_000; round++)
        {
            var text = Letters(random, random.Next(30));
            string[] stops = [.. Enumerable.Range(0, random.Next(4)).Select(_ => Letters(random, random.Next(1, 6)))];
            var matcher = new StopMatcher(stops);
            var output = new List<char>();
            for (var at = 0; at < text.Length && !matcher.Stopped;)
            {
                var piece = Math.Min(random.Next(0, 5), text.Length - at);
                matcher.Push(text.AsSpan(at, piece), output);
                at += piece;
            }
            matcher.Finish(output);
            new string([.. output]).ShouldBe(Oracle(text, stops), $"text {text}, stops {string.Join('|', stops)}");
        }
    }

    [Fact]
    public void Push_TextThatCannotBecomeAStop_IsNotHeldBack()
    {
        var matcher = new StopMatcher(["\n\nUser:"]);
        var output = new List<char>();
        matcher.Push("Hello\n", output);
        new string([.. output]).ShouldBe("Hello");
        matcher.Push("you", output);
        new string([.. output]).ShouldBe("Hello\nyou");
    }

    private static string Letters(Random random, int length) => string.Create(length, random, (text, source) =>
    {
        foreach (ref var letter in text) letter = (char)('a' + source.Next(2));
    });
}
