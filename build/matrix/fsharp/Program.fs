open System
open Akka.Actor
open Multiproc

type Echo(starter: int) =
    inherit UntypedActor()

    override this.OnReceive(message) =
        let where = if Environment.ProcessId = starter then "the same process" else "another process"
        this.Sender.Tell($"{message} from {where}", this.Self)

[<EntryPoint>]
let main _ =
    let bound = TimeSpan.FromSeconds 60.0
    let greeting = "hello"
    use words = Mp.Queue<string>()
    use child = Mp.Process(Action(fun () -> words.Put($"{greeting} from {Mp.CurrentProcess.Name}")), name = "Process-1")
    child.Start()
    let lambda = words.Get bound
    child.Join() |> ignore

    use calls = Mp.Value 0L
    use pool = Mp.Pool 2
    let squares = pool.Map(Func<int, int>(fun n -> calls.Add 1L |> ignore; n * n), seq { 0..99 })

    // Overloads that F# must be able to tell apart: it knows no priorities of them.
    use jobs = Mp.Queue<int>()
    jobs.Put 2
    jobs.Put(1, priority = 1)
    let first = jobs.Get bound
    let texts = pool.Map<int, string>((fun n -> task { return string n }), seq { 0..2 })

    use manager = Mp.Manager()
    let numbers = manager.Dictionary<string, int>()
    numbers["answer"] <- 42

    let echo = Mp.ActorOf(Props.Create<Echo>(Environment.ProcessId))
    let actor = echo.Ask<string>("hello", Nullable bound).Result
    let answer = numbers["answer"]
    let found = $"lambda: {lambda}; pool: {Seq.sum squares} in {calls.Value} calls; manager: {answer}; actor: {actor}; first: {first}; tasks: {Seq.length texts}"
    printfn "%s" found

    let expected =
        "lambda: hello from Process-1; pool: 328350 in 100 calls; manager: 42; actor: hello from another process; first: 1; tasks: 3"

    if found = expected then 0 else 1
