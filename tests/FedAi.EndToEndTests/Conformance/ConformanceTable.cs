using System.Globalization;
using System.Text;
using FedAi.EndToEndTests.Conformance.Behaviours;

namespace FedAi.EndToEndTests.Conformance;

/// <summary>Writes docs/CONFORMANCE.md from the verdicts: what has no verdict is untested, whatever anybody believes.</summary>
internal static class ConformanceTable
{
    public static string Write(ConformanceRun run)
    {
        var text = new StringBuilder(Head(run)).Append(ParameterLists.Write());
        foreach (var (title, rows) in AllBehaviours.Sections)
        {
            text.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n| | {string.Join(" | ", Clients.All)} | in pieces | llama.cpp |\n|---|{string.Concat(Enumerable.Repeat("---|", Clients.All.Count + 2))}\n");
            foreach (var row in rows)
            {
                var cells = Clients.All.Select(client => row.Without.Contains(client) ? "–" : Cell(run, row, [client], Variant.Scripted)).ToList();
                var tested = Clients.All.Where(client => !row.Without.Contains(client)).ToList();
                cells.Add(row.Streams ? Cell(run, row, tested, Variant.InPieces) : "");
                cells.Add(row.Real is not null ? Cell(run, row, tested, Variant.Real) : "");
                text.Append(CultureInfo.InvariantCulture, $"| {row.Says} | {string.Join(" | ", cells)} |\n");
            }
        }

        return text.ToString();
    }

    private static string Head(ConformanceRun run) => string.Create(CultureInfo.InvariantCulture,
        $"""
        # Conformance

        Written by the tests (`FEDAI_WRITE_CONFORMANCE=1 ./fedai.sh test --filter ConformanceTests`), never by hand; a test fails when
        this page says something else than the cases did.

        The official clients ask a gateway and a router, over real daemons on loopback and a scripted model, and each case also checks
        what arrived at the model: `openai` and `ai` (with `@ai-sdk/openai-compatible`) from npm, `OpenAI` for .NET. A cell speaks for
        both edges (API keys: for the router's). **yes**: as with OpenAI. **accepted**: taken, and it cannot change the answer. **refused**: an error that names it.
        **untested**: there is no such case. **–**: that client has no call for it, or cannot say it. **in pieces**: the same stream, read byte by byte and
        in pieces of random sizes, gives the same answer. **llama.cpp**: the same case over the demo model.

        {run.Held(Variant.Scripted)} cases over the script, {run.Held(Variant.InPieces)} streams in pieces, {run.Held(Variant.Real)} cases over llama.cpp.

        ## Parameters

        Members that are in none of these lists are accepted and counted.

        """);

    private static string Cell(ConformanceRun run, Behaviour row, IReadOnlyList<string> clients, Variant variant)
    {
        var verdicts = (from client in clients from edge in row.Edges select run[new Case(row.Id, client, edge, variant)]).ToList();
        if (verdicts.Any(verdict => verdict is null or { Untested: true })) return "untested";
        return verdicts.Any(verdict => verdict!.Problem is not null) ? "no" : row.Mark.ToString().ToLowerInvariant();
    }
}
