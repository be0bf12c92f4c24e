using System.Text.RegularExpressions;
using FedAi.Tests.Shape;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace FedAi.Tests.Docs;

/// <summary>docs/THREATS.md names a test for each threat; a table that names tests which are gone would be a promise nobody keeps.</summary>
public sealed partial class ThreatsTests
{
    [Fact]
    public void ThreatTable_EveryRow_NamesTestsThatExist()
    {
        var repository = SourceTree.OfRepository();
        var tests = repository.CSharp.Where(file => file.IsUnder("tests"))
            .SelectMany(file => file.Types)
            .SelectMany(type => type.Members.OfType<MethodDeclarationSyntax>().Where(IsTest).Select(method => $"{type.Identifier}.{method.Identifier}"))
            .ToHashSet();
        var rows = repository.Files.Single(file => file.Path == "docs/THREATS.md").Text.Split('\n')
            .Where(line => line.StartsWith("| **", StringComparison.Ordinal)).ToList();

        rows.Count.ShouldBeGreaterThan(5);
        foreach (var row in rows)
        {
            var named = TestName().Matches(row).Select(match => match.Groups[1].Value).ToList();
            named.ShouldNotBeEmpty(row);
            named.Except(tests).ShouldBeEmpty(row);
        }
    }

    /// <summary>Also by attributes of our own, such as one that skips where there is no root.</summary>
    private static bool IsTest(MethodDeclarationSyntax method) => method.AttributeLists.SelectMany(list => list.Attributes)
        .Select(attribute => attribute.Name.ToString())
        .Any(name => name.EndsWith("Fact", StringComparison.Ordinal) || name.EndsWith("Theory", StringComparison.Ordinal));

    [GeneratedRegex(@"`(\w+Tests\.\w+)`")]
    private static partial Regex TestName();
}
