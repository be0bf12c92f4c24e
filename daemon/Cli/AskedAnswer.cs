using System.Text.Json.Nodes;

namespace FedAi.Daemon.Cli;

/// <summary>A finished answer: its text, the usage as the endpoint reported it, and the id of its proof where there is one.</summary>
internal sealed record AskedAnswer(string Text, JsonNode? Usage, string? RequestId);
