using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using FedAi.Daemon.Hosting;
using FedAi.Protocol.Crypto;

namespace FedAi.Daemon.Cli;

/// <summary><c>fedai trust explain NPUB</c>: what the running daemon believes of a key, and why.</summary>
internal static class TrustCommand
{
    private static readonly Argument<string> Key = new("NPUB") { Description = "the key, as npub1… or 64 hex digits" };

    public static Command Create()
    {
        var explain = new Command("explain", "say where a key's trust score comes from") { Key, CliOptions.Data, CliOptions.Json };
        explain.SetAction(ExplainAsync);
        return new Command("trust", "whom the running daemon believes") { explain };
    }

    private static async Task<int> ExplainAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        if (!PublicKey.TryParse(arguments.GetValue(Key)!, out var key))
        {
            await Errors.TellAsync("NPUB must be a public key: npub1… or 64 hex digits");
            return ExitCodes.Usage;
        }

        if (await RunningDaemon.AskAsync(arguments.GetValue(CliOptions.Data)!, $"trust/{key.Hex}", cancellationToken) is not { } text) return ExitCodes.TryAgain;
        if (arguments.GetValue(CliOptions.Json)) Console.WriteLine(text);
        else foreach (var line in Lines(JsonNode.Parse(text)!)) Console.WriteLine(line);
        return ExitCodes.Ok;
    }

    private static IEnumerable<string> Lines(JsonNode told)
    {
        var filter = (bool)told["filters"]! ? $"keys below {told["minScore"]} are kept out" : "nobody is kept out for a low score";
        yield return $"{told["npub"]} has {told["score"]} of 1000: {told["standing"]}; {filter}";
        if ((bool)told["root"]!) yield return "  it is a root: its follows and mutes count as yours";
        foreach (var list in told["lists"]!.AsArray()) yield return $"  named in {list}";
        yield return $"  {Points(told["follows"])}  from follows";
        foreach (var path in told["follows"]!["paths"]!.AsArray()) yield return $"    {Points(path)}  {string.Join(" → ", path!["via"]!.AsArray())}";
        if ((int)told["follows"]!["more"]! is > 0 and var more) yield return $"    and {more} more followers";
        yield return $"  {Points(told["denials"], "-")}  by mutes and reports";
        foreach (var denial in told["denials"]!["by"]!.AsArray()) yield return $"    {Points(denial, "-")}  {denial!["what"]} of {denial["npub"]}";
        yield return $"  {Points(told["ranks"])}  by pinned providers";
        foreach (var rank in told["ranks"]!["by"]!.AsArray()) yield return $"    rank {rank!["rank"]} of 100 by {rank["npub"]}";
        yield return told["experience"] is { } own
            ? string.Create(CultureInfo.InvariantCulture, $"  × {Number(own["percent"]) / 100:0.00}  own experience: {own["good"]} good and {own["bad"]} bad answers, older ones counting less")
            : "  × 1.00  own experience: never asked";
    }

    private static string Points(JsonNode? part, string sign = "+") => string.Create(CultureInfo.InvariantCulture, $"{sign}{Number(part!["points"]):0.###}");

    private static double Number(JsonNode? value) => (double)value!;
}
