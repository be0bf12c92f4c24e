FedAi.Daemon.Hosting.NativeMemory.KeepSmall();
return await FedAi.Daemon.Cli.FedAiCommand.RunAsync(args);
