using System.Security.Cryptography;

namespace FedAi.Runners.Calls;

/// <summary>Which parser reads which syntax.</summary>
internal static class ToolCallParsers
{
    /// <summary>Nine letters and digits: the templates of Mistral take no other ids, and no template minds.</summary>
    private const int IdLength = 9;

    public static IToolCallParser For(ToolSyntax syntax, CallOutput output, IReadOnlySet<string> tools) => syntax switch
    {
        ToolSyntax.Hermes => new HermesCalls(output, tools),
        ToolSyntax.Mistral => new MistralCalls(output, tools),
        _ => new LeadingCalls(output, tools),
    };

    public static string NewId() => RandomNumberGenerator.GetString("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", IdLength);
}
