using System.Text.RegularExpressions;
using FedAi.Daemon.OpenAi;
using FedAi.EndToEndTests.Conformance.Behaviours;

namespace FedAi.EndToEndTests.Conformance;

/// <summary>
/// The official clients against gateway and router. What holds stands in docs/CONFORMANCE.md, which
/// <c>FEDAI_WRITE_CONFORMANCE=1 ./fedai.sh test</c> writes from these outcomes.
/// </summary>
public sealed class ConformanceTests(ConformanceRun run) : IClassFixture<ConformanceRun>
{
    private const string WriteSwitch = "FEDAI_WRITE_CONFORMANCE";

    public static TheoryData<string, string, string> Scripted => Cases(_ => true);

    public static TheoryData<string, string, string> InPieces => Cases(behaviour => behaviour.Streams);

    public static TheoryData<string, string, string> Real => Cases(behaviour => behaviour.Real is not null);

    [Theory, MemberData(nameof(Scripted))]
    public void Case_OverTheScriptedModel_Holds(string behaviour, string client, string edge) => ShouldHold(behaviour, client, edge, Variant.Scripted);

    [Theory, MemberData(nameof(InPieces))]
    public void Stream_CutAnywhere_ReadsTheSame(string behaviour, string client, string edge) => ShouldHold(behaviour, client, edge, Variant.InPieces);

    [Theory, MemberData(nameof(Real))]
    public void Case_OverTheRealModel_Holds(string behaviour, string client, string edge) => ShouldHold(behaviour, client, edge, Variant.Real);

    [Fact]
    public void Table_InTheDocs_SaysWhatTheCasesSaid()
    {
        var table = ConformanceTable.Write(run);
        var file = Path.Combine(TestKit.Repository.Root, "docs", "CONFORMANCE.md");
        if (Environment.GetEnvironmentVariable(WriteSwitch) == "1") File.WriteAllText(file, table);

        File.ReadAllText(file).ShouldBe(table, $"docs/CONFORMANCE.md is written by: {WriteSwitch}=1 ./fedai.sh test --filter ConformanceTests");
    }

    [Fact]
    public void Behaviours_Always_HaveIdsOfTheirOwn() => AllBehaviours.All.Select(behaviour => behaviour.Id).ShouldBeUnique();

    // What completions and embeddings have in common with chat is read by the same rows.
    [Fact]
    public void Parameters_OfTheSurface_AllHaveACase()
    {
        WithoutACase(ChatParameters.All, [.. AllBehaviours.All.Except([.. OtherBehaviours.Completions, .. OtherBehaviours.Embeddings])]).ShouldBeEmpty();
        WithoutACase(CompletionParameters.All.Except(ChatParameters.All), OtherBehaviours.Completions).ShouldBeEmpty();
        WithoutACase(EmbeddingParameters.All.Except(ChatParameters.All).Where(parameter => parameter.Name != "user"), OtherBehaviours.Embeddings).ShouldBeEmpty();
    }

    [Fact]
    public void Parameters_NameThatBeginsAnothers_IsNoCaseOfIt() =>
        WithoutACase(ChatParameters.All.Where(parameter => parameter.Name == "n"), [new("a", "`name`: another"), new("b", "`number`")]).ShouldBe(["n"]);

    /// <summary>Parameters that no behaviour names, as <c>`n`</c>, <c>`n: 1`</c> or <c>`n.part`</c>.</summary>
    private static IEnumerable<string> WithoutACase(IEnumerable<BodyParameter> parameters, IReadOnlyList<Behaviour> behaviours) =>
        parameters.Select(parameter => parameter.Name).Where(name => !behaviours.Any(behaviour => Regex.IsMatch(behaviour.Says, $"`{name}([:.][^`]*)?`")));

    private void ShouldHold(string behaviour, string client, string edge, Variant variant)
    {
        var verdict = run[new Case(behaviour, client, edge, variant)];
        verdict.ShouldNotBeNull("it was not run");
        // A client without the case is untested in the table; it is no failure of the product.
        if (!verdict.Untested) verdict.Problem.ShouldBeNull();
    }

    private static TheoryData<string, string, string> Cases(Func<Behaviour, bool> which)
    {
        var cases = new TheoryData<string, string, string>();
        foreach (var behaviour in AllBehaviours.All.Where(which))
            foreach (var client in Clients.All.Where(client => !behaviour.Without.Contains(client)))
                foreach (var edge in behaviour.Edges)
                    cases.Add(behaviour.Id, client, edge);
        return cases;
    }
}
