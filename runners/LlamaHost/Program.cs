using System.Text;
using FedAi.LlamaHost;
using FedAi.Protocol.Messages;
using FedAi.Runners.Llama.Pipe;
using FedAi.Runners.Sandbox;

// fedai-llama: runs one model for the daemon that started it. Commands come on standard input, events leave on standard
// output, one JSON object per line (docs/DECISIONS.md E20). It holds no key, opens no socket, and ends with its parent.

ProcessLock.FollowParent();
using var events = new EventWriter(Console.OpenStandardOutput());
using var commands = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false));

if (commands.ReadLine() is not { } line) return 0;
var first = JobReader.Parse(line);
var settings = first.Load ?? throw new InvalidDataException("the first command is no load");

if (NativeLibraries.TryLoad(settings.Libraries) is { } unusable) return Refuse(unusable);
var locked = ProcessLock.TryApply(settings.MemoryBytes, onGpu: settings.GpuLayers != 0);
var shown = -1;
using var model = LoadedModel.TryLoad(settings, percent =>
{
    if (percent == shown) return;
    events.Loading(shown = percent);
    events.Flush();
}, out var problem);
if (model is null) return Refuse(problem!);

var reader = new JobReader(commands, model);
reader.Start();
events.Ready(model.ContextTokens, model.Chat.Name, model.EmbedsOnly ? null : model.Chat.Tools?.ToString(), model.EmbedsOnly, model.GpuLayers, locked);
events.Flush();
using var loop = new DecodeLoop(model, settings.Slots, reader, events);
loop.Run();
return 0;

int Refuse(string hint)
{
    events.Error(first.Id, ErrorCode.RunnerUnavailable.Wire(), hint);
    events.Flush();
    return 1;
}
