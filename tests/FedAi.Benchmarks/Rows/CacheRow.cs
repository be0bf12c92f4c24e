using System.Globalization;
using System.Text.Json.Nodes;
using FedAi.TestKit;

namespace FedAi.Benchmarks.Rows;

/// <summary>How soon the second turn of a long conversation begins, when the model remembers the first.</summary>
internal static class CacheRow
{
    private const int Rounds = 5;

    /// <summary>The model's tokens are single bytes.</summary>
    private const int FirstTurnTokens = 1000;

    public static async Task<IReadOnlyList<Figure>> MeasureAsync(Progress progress, CancellationToken cancellationToken)
    {
        using var folder = new TempFolder();
        var model = folder.File("medium.gguf");
        progress.Say("writing a model of 28 M weights");
        TinyGguf.WriteMedium(model);
        await using var chain = await ChainBench.StartAsync(model, cancellationToken);
        List<double> first = [], second = [], share = [];
        for (var round = 0; round <= Rounds; round++)
        {
            var conversation = new JsonArray(Message("user", Number($"{round} ").PadRight(FirstTurnTokens, 'x')));
            var key = Number($"conversation {round}");
            var one = await chain.AskAsync(conversation, key, maxTokens: 20, cancellationToken);
            conversation.Add(Message("assistant", one.Text));
            conversation.Add(Message("user", "And then?"));
            var two = await chain.AskAsync(conversation, key, maxTokens: 20, cancellationToken);
            if (round == 0) continue; // the compiler has now seen it
            first.Add(one.Arrivals[0].TotalMilliseconds);
            second.Add(two.Arrivals[0].TotalMilliseconds);
            share.Add(second[^1] / first[^1]);
            progress.Say(Number($"round {round} of {Rounds}: first token after {first[^1]:0} ms, in the second turn after {second[^1]:0} ms"));
        }

        var got = Statistics.Median(share);
        return
        [
            new Figure($"second turn of a {FirstTurnTokens}-token conversation against the first, to the first token", "≤ 0.2", Number($"{got:0.00}"), got <= 0.2,
                Number($"{Statistics.Median(second):0} ms, first turn {Statistics.Median(first):0} ms")),
        ];
    }

    private static JsonObject Message(string role, string content) => new() { ["role"] = role, ["content"] = content };

    private static string Number(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
