using FedAi.Daemon.Cli;

namespace FedAi.Tests.Daemon.Cli;

public sealed class TerminalTextTests
{
    [Theory]
    [InlineData("short", "short")]
    [InlineData("memory     23.5 GiB, 23.0 GiB free, limited by a control group", "memory     23.5 GiB, 23.0 GiB free,\n           limited by a control group")]
    [InlineData("  the network was not measured: name a relay that answers", "  the network was not measured: name a\n    relay that answers")]
    [InlineData("the disk does not say what kind it is (it is virtual)", "the disk does not say what kind it is\n  (it is virtual)")]
    [InlineData("config    /a/very/long/path/that/does/not/fit/into/one/line/fedai.json", "config    /a/very/long/path/that/does/not/fit/into/one/line/fedai.json")]
    public void Wrap_At40_BreaksBetweenWordsUnderTheTextItBelongsTo(string text, string wrapped)
    {
        TerminalText.Wrap(text, 40).ShouldBe(wrapped);
        TerminalText.Wrap(text, 10).ShouldBe(text);
    }

    [Fact]
    public void Wrap_AnyText_LosesNoWord()
    {
        var text = string.Join(' ', Enumerable.Range(0, 500).Select(at => new string('w', at % 23)));

        TerminalText.Wrap(text, 60).Split((char[])[' ', '\n'], StringSplitOptions.RemoveEmptyEntries).ShouldBe(text.Split(' ', StringSplitOptions.RemoveEmptyEntries));
    }
}
