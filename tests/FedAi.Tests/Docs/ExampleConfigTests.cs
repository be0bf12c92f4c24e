using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using FedAi.Daemon.Hosting;
using FedAi.Tests.Shape;

namespace FedAi.Tests.Docs;

/// <summary>systemd/fedai.example.json shows every option with its default; one that has none stands in a comment, as it would look.</summary>
public sealed partial class ExampleConfigTests
{
    private static readonly string Text = SourceTree.OfRepository().Files.Single(file => file.Path == "systemd/fedai.example.json").Text;

    [Fact]
    public void Example_AsItStands_ChangesNothing()
    {
        var read = OptionsReader.Read(Text, "fedai.example.json", [], []);

        read.Problems.ShouldBeEmpty();
        JsonSerializer.Serialize(read.Options!, OptionsJson.Default.FedAiOptions).ShouldBe(JsonSerializer.Serialize(new FedAiOptions(), OptionsJson.Default.FedAiOptions));
    }

    [Fact]
    public void Example_WithTheCommentedOptions_HoldsEveryOptionThereIs()
    {
        var all = CommentedOption().Replace(Text, "$1$2");
        OptionsReader.Read(all, "fedai.example.json", [], []).Problems.Where(problem => problem.Contains("unknown key") || problem.Contains("fedai.example.json:")).ShouldBeEmpty();

        var shown = Leaves(JsonNode.Parse(all, documentOptions: new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true })!.AsObject(), "");
        OptionsReader.Values(new FedAiOptions()).Select(option => option.Key).Except(shown).ShouldBeEmpty("these options are missing in systemd/fedai.example.json");
    }

    private static IEnumerable<string> Leaves(JsonObject section, string path) => section.SelectMany(member =>
        member.Value is JsonObject inner ? Leaves(inner, $"{path}{member.Key}.") : [path + member.Key]);

    [GeneratedRegex("""^( *)// ("\w+":)""", RegexOptions.Multiline)]
    private static partial Regex CommentedOption();
}
