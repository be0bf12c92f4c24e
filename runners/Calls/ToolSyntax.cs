namespace FedAi.Runners.Calls;

/// <summary>How a model writes that it calls a tool.</summary>
internal enum ToolSyntax
{
    /// <summary>Its template knows no tools, so it is told in words: <c>{"name": …, "arguments": {…}}</c> is the whole answer, in a code fence or bare.</summary>
    Generic,

    /// <summary>Llama 3: <c>{"name": …, "parameters": {…}}</c>, after <c>&lt;|python_tag|&gt;</c> or bare.</summary>
    Llama3,

    /// <summary>Hermes and Qwen: <c>&lt;tool_call&gt;{"name": …, "arguments": {…}}&lt;/tool_call&gt;</c>, anywhere in the answer, as often as wanted.</summary>
    Hermes,

    /// <summary>Mistral: <c>[TOOL_CALLS][{"name": …, "arguments": {…}}, …]</c>.</summary>
    Mistral,
}
