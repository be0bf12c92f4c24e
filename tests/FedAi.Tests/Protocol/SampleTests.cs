using System.Reflection;
using FedAi.TestKit;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace FedAi.Tests.Protocol;

/// <summary>The sample client, compiled against the protocol package and .NET alone, and run against a real router and node.</summary>
public sealed class SampleTests
{
    private static readonly Lazy<Func<string[], Task>> Sample = new(Compile);

    [Fact]
    public async Task Client_AgainstARouter_QuotesStreamsAndVerifies()
    {
        await using var federation = await TestFederation.StartAsync(new ScriptedRunner());

        var said = await RunAsync(federation.Router.Base);

        said.ShouldContain($"says {federation.Router.Key.PublicKey.Npub}");
        said.ShouldContain("scripted ");
        said.ShouldContain($"verified: 7 tokens in, 4 out, signed by {federation.Nodes[0].Key.PublicKey.Npub}");
    }

    [Fact]
    public async Task Client_AnswerIsNotWhatWasSigned_SaysSo()
    {
        await using var federation = await TestFederation.StartAsync(new ScriptedRunner());
        await using var router = await MeddlingRouter.StartAsync(federation.Router.Base);
        router.Pieces = pieces => [.. pieces.Select(piece => piece.Replace("scripted", "another", StringComparison.Ordinal))];

        (await Should.ThrowAsync<InvalidOperationException>(() => RunAsync(router.Base))).Message.ShouldBe("the node signed another answer");
    }

    private static async Task<string> RunAsync(Uri router)
    {
        using var said = new StringWriter();
        var console = Console.Out;
        Console.SetOut(said);
        try
        {
            await Sample.Value([router.ToString(), "scripted", "What is a router?"]);
        }
        finally
        {
            Console.SetOut(console);
        }

        return said.ToString();
    }

    private static Func<string[], Task> Compile()
    {
        var text = string.Join('\n', File.ReadAllLines(Path.Combine(Repository.Root, "protocol", "Sample", "Client.cs")).Where(line => !line.StartsWith("#:", StringComparison.Ordinal)));
        var framework = Directory.EnumerateFiles(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "*.dll").Where(IsManaged);
        var compilation = CSharpCompilation.Create("Sample", [CSharpSyntaxTree.ParseText(text)],
            [.. framework.Append(typeof(FedAi.Protocol.Messages.InferenceRequest).Assembly.Location).Select(file => MetadataReference.CreateFromFile(file))],
            new CSharpCompilationOptions(OutputKind.ConsoleApplication, nullableContextOptions: NullableContextOptions.Enable));
        using var image = new MemoryStream();
        var result = compilation.Emit(image);
        result.Diagnostics.Where(finding => finding.Severity >= DiagnosticSeverity.Warning).ShouldBeEmpty();
        var entry = Assembly.Load(image.ToArray()).EntryPoint!;
        return arguments => Task.Run(() => entry.Invoke(null, BindingFlags.DoNotWrapExceptions, null, [arguments], null));
    }

    private static bool IsManaged(string file)
    {
        try
        {
            _ = AssemblyName.GetAssemblyName(file);
            return true;
        }
        catch (BadImageFormatException)
        {
            return false;
        }
    }
}
