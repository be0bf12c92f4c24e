namespace FedAi.Tests.Shape;

/// <summary>The repository keeps the rules of docs/ARCHITECTURE.md §2, §3 and §6.</summary>
public sealed class ShapeTests
{
    private static readonly SourceTree Repository = SourceTree.OfRepository();

    public static TheoryData<string> Rules => [.. ShapeRule.All.Select(rule => rule.Name)];

    [Theory, MemberData(nameof(Rules))]
    public void Repository_EveryFile_KeepsTheRule(string name)
    {
        var violations = ShapeRule.All.Single(rule => rule.Name == name).Violations(Repository).ToList();

        violations.ShouldBeEmpty($"{name} (docs/ARCHITECTURE.md):\n  {string.Join("\n  ", violations)}");
    }

    [Fact]
    public void Repository_WhenRead_HoldsTheCode() =>
        Repository.CSharp.Count(file => file.IsUnder("protocol")).ShouldBeGreaterThan(50, "or the rules looked at nothing");

    [Theory]
    [InlineData(typeof(FedAi.Protocol.Crypto.KeyPair))]
    [InlineData(typeof(FedAi.Runners.IRunner), "FedAi.Protocol")]
    public void Assembly_WhenBuilt_UsesOnlyAssembliesBelowIt(Type ofAssembly, params string[] allowed) =>
        ofAssembly.Assembly.GetReferencedAssemblies().Select(reference => reference.Name)
            .Where(name => name!.StartsWith("FedAi.", StringComparison.Ordinal) || name == "fedai")
            .Except(allowed).ShouldBeEmpty();
}
