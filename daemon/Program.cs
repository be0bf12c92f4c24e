using FedAi.Daemon.Hosting;
using FedAi.Protocol.Crypto;

return await DaemonHost.RunAsync(new DaemonContext { Role = Role.Router, DataFolder = args[0], Options = new FedAiOptions(), Key = KeyPair.Generate() }, Console.Error);
