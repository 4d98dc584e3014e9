import java.io.File;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.opensearch.common.logging.LogConfigurator;
import org.opensearch.common.settings.Settings;
import org.opensearch.env.Environment;
import org.opensearch.http.HttpServerTransport;
import org.opensearch.node.InternalSettingsPreparer;
import org.opensearch.node.Node;

/**
 * Starts one OpenSearch node for as long as standard input stays open, so that it ends with whoever started it, and
 * removes its work folder (config, data, logs, tmp) at the end. Unlike OpenSearch's own main it runs as root and makes no
 * bootstrap checks. Prints `OPENSEARCH_READY host:port` once it listens.
 * usage: java -cp 'HOME/lib/*' Launcher HOME WORK
 */
public class Launcher {
    public static void main(String[] args) throws Exception {
        Path home = Path.of(args[0]);
        Path work = Path.of(args[1]);
        PrintStream out = System.out; // the log configuration turns System.out into a logger
        Settings settings = Settings.builder()
            .put("path.home", home)
            .put("path.data", work.resolve("data"))
            .put("path.logs", work.resolve("logs"))
            .build();
        Environment environment =
            InternalSettingsPreparer.prepareEnvironment(settings, Map.of(), work.resolve("config"), () -> "test");
        LogConfigurator.registerErrorListener();
        LogConfigurator.configure(environment);
        endWithInput();
        Node node = new Node(environment);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> end(node, work)));
        node.start();
        out.println("OPENSEARCH_READY "
            + node.injector().getInstance(HttpServerTransport.class).boundAddress().publishAddress());
        Thread.currentThread().join();
    }

    private static void endWithInput() {
        Thread reader = new Thread(() -> {
            try {
                while (System.in.read() >= 0) { }
            } catch (Exception e) {
                e.printStackTrace();
            }
            System.exit(0);
        });
        reader.setDaemon(true);
        reader.start();
    }

    private static void end(Node node, Path work) {
        try {
            node.close();
            node.awaitClose(10, TimeUnit.SECONDS);
            try (var paths = Files.walk(work)) {
                paths.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
            }
        } catch (Exception e) {
            e.printStackTrace();
        }
    }
}
