using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using FedAi.Daemon.Hosting;

namespace FedAi.Daemon.Cli;

/// <summary><c>fedai trace ID</c>: what the running daemon knows of one request, from its quote to the receipt that was announced; nothing of what was asked or answered.</summary>
internal static class TraceCommand
{
    private static readonly Argument<string> Id = new("ID") { Description = "the request's id: x-request-id, or the id in the answer" };

    public static Command Create()
    {
        var trace = new Command("trace", "what the running daemon knows of one request, step by step") { Id, CliOptions.Data, CliOptions.Json };
        trace.SetAction(TraceAsync);
        return trace;
    }

    private static async Task<int> TraceAsync(ParseResult arguments, CancellationToken cancellationToken)
    {
        var id = arguments.GetValue(Id)!;
        if (await RunningDaemon.AskAsync(arguments.GetValue(CliOptions.Data)!, $"trace/{Uri.EscapeDataString(id)}", cancellationToken) is not { } text) return ExitCodes.TryAgain;
        var told = JsonNode.Parse(text)!;
        if (arguments.GetValue(CliOptions.Json)) Console.WriteLine(text);
        else foreach (var line in Lines(told)) Console.WriteLine(TerminalText.Clean(line));
        if (told["steps"]!.AsArray().Count + told["metering"]!.AsArray().Count > 0) return ExitCodes.Ok;
        await Errors.TellAsync($"nothing is known of a request {id} here: steps are remembered for the last some thousand requests and until a restart; ask the daemon that handled it (--data)");
        return ExitCodes.Negative;
    }

    private static IEnumerable<string> Lines(JsonNode told)
    {
        foreach (var step in told["steps"]!.AsArray())
        {
            var what = (string?)step!["what"] == "quote" ? $"{step["priceMsat"]} msat" : string.Create(CultureInfo.InvariantCulture, $"{step["outcome"]} after {(long)step["tookMs"]!} ms");
            yield return $"{Time(step["atMs"])}  {step["what"],-8}  {what}, {step["model"]}, {step["peer"]}";
        }

        foreach (var record in told["metering"]!.AsArray())
            yield return $"{Time(record!["tsMs"])}  metering  {record["status"]}, {record["inputTokens"]} tokens in, {record["outputTokens"]} out, {record["wallTimeMs"]} ms, "
                + $"{(record["priceMsat"] is { } msat ? $"{msat} msat" : "no price")}, {record["model"]}, signed by {record["node"]}{(record["client"] is { } client ? $", asked by {client}" : "")}";
        foreach (var receipt in (told["receipts"] as JsonArray ?? []).Select(receipt => (Id: (string)receipt!["receiptId"]!, Root: (string?)receipt["root"])).Distinct())
            yield return $"{Time(JsonValue.Create(Ends(receipt.Id)))}  receipt   {(receipt.Root is null ? $"{receipt.Id}: to be announced about six minutes later" : $"{receipt.Id}: root {receipt.Root}")}";
    }

    /// <summary>When the quarter of an hour is over that a receipt's id names.</summary>
    private static long Ends(string receiptId) => long.Parse(receiptId[(receiptId.IndexOf('-', StringComparison.Ordinal) + 1)..], CultureInfo.InvariantCulture);

    private static string Time(JsonNode? ms) => DateTimeOffset.FromUnixTimeMilliseconds((long)ms!).ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);
}
